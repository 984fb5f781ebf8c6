using System.Text.RegularExpressions;
using ImdbPipeline.Core;
using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Reads something sound, which succeeds, and many damaged copies of it: each is refused by an error that names what was expected and found, or is harmless.</summary>
/// <param name="what">For the report.</param>
/// <param name="cases">How many copies.</param>
/// <param name="seed">Of the damage.</param>
/// <param name="mostBytes">What one reading may allocate on its thread.</param>
public sealed partial class DamageTrial(string what, int cases, int seed, long mostBytes = 64 << 20)
{
    // No trial takes a tenth of this: it ends readings that never end.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private int refused;
    private int harmless;

    /// <param name="read">Reads a copy; where that succeeds, it asserts whatever must be the same then.</param>
    /// <param name="within">How many of the first bytes may be hit; null for all.</param>
    public async Task RunAsync(byte[] sound, Action<byte[]> read, int? within = null)
    {
        var damage = new Damage(seed);
        await Task.Run(
            () =>
            {
                read(sound);
                for (var i = 0; i < cases; i++)
                    Try(damage, damage.Of(sound, within), read);
            },
            TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Report();
    }

    /// <inheritdoc cref="RunAsync(byte[], Action{byte[]}, int?)"/>
    public async Task RunAsync(byte[] sound, Func<byte[], Task> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var damage = new Damage(seed);
        await read(sound);
        for (var i = 0; i < cases; i++)
        {
            var damaged = damage.Of(sound);
            Judge(damage, await Record.ExceptionAsync(() => read(damaged).WaitAsync(Patience, TestContext.Current.CancellationToken)));
        }
        Report();
    }

    private void Try(Damage damage, byte[] damaged, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Judge(damage, Record.Exception(() => read(damaged)));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= mostBytes, $"{what}, seed {seed}, {damage.Last}: allocated {allocated} bytes, at most {mostBytes} allowed");
    }

    private void Judge(Damage damage, Exception? error)
    {
        if (error is null)
            harmless++;
        else if (error is InputRejectedException or InvalidDataException && Named().IsMatch(error.Message))
            refused++;
        else
            throw new InvalidOperationException($"{what}, seed {seed}, {damage.Last}: {error.GetType().Name}: {error.Message}", error);
    }

    private void Report()
    {
        Assert.Equal(cases, refused + harmless);
        Assert.NotEqual(0, refused);
        Parity.Says($"{what}: {cases} damaged copies, {refused} refused by a named error, {harmless} harmless, none another error");
    }

    [GeneratedRegex("expected .+, found ", RegexOptions.Singleline)]
    private static partial Regex Named();
}
