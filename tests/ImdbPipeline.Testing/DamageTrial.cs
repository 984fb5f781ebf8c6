using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Reads intact data, then many damaged copies of it: each is harmless or rejected with an error that names what was expected and found.</summary>
/// <param name="what">Name in the report.</param>
/// <param name="cases">Number of damaged copies.</param>
/// <param name="seed">Random seed of the damage.</param>
/// <param name="maxBytes">Maximum number of bytes that one read may allocate on its thread.</param>
public sealed partial class DamageTrial(string what, int cases, int seed, long maxBytes = 64 << 20)
{
    // No trial takes a tenth of this; it stops reads that never finish.
    private static readonly TimeSpan TrialTimeout = TimeSpan.FromMinutes(3);

    private int rejected;
    private int harmless;

    /// <param name="read">Reads a copy; if that succeeds, asserts whatever must still hold.</param>
    /// <param name="within">Damages only the first <paramref name="within"/> bytes; null for all.</param>
    public async Task RunAsync(byte[] intact, Action<byte[]> read, int? within = null)
    {
        var damage = new Damage(seed);
        await Task.Run(
            () =>
            {
                read(intact);
                for (var i = 0; i < cases; i++)
                    Try(damage, damage.Apply(intact, within), read);
            },
            TestContext.Current.CancellationToken).WaitAsync(TrialTimeout, TestContext.Current.CancellationToken);
        Report();
    }

    /// <inheritdoc cref="RunAsync(byte[], Action{byte[]}, int?)"/>
    public async Task RunAsync(byte[] intact, Func<byte[], Task> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var damage = new Damage(seed);
        await read(intact);
        for (var i = 0; i < cases; i++)
        {
            var damaged = damage.Apply(intact);
            Classify(damage, await Record.ExceptionAsync(() => read(damaged).WaitAsync(TrialTimeout, TestContext.Current.CancellationToken)));
        }
        Report();
    }

    private void Try(Damage damage, byte[] damaged, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Classify(damage, Record.Exception(() => read(damaged)));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= maxBytes, $"{what}, seed {seed}, {damage.LastDescription}: expected at most {maxBytes} allocated bytes, found {allocated}");
    }

    private void Classify(Damage damage, Exception? error)
    {
        if (error is null)
            harmless++;
        else if (error is InputRejectedException or InvalidDataException && ExpectedFound().IsMatch(error.Message))
            rejected++;
        else
            throw new InvalidOperationException($"{what}, seed {seed}, {damage.LastDescription}: {error.GetType().Name}: {error.Message}", error);
    }

    private void Report()
    {
        Assert.Equal(cases, rejected + harmless);
        Assert.NotEqual(0, rejected);
        ReportedFigures.Report($"{what}: {cases} damaged copies, {rejected} rejected with an error that names what was expected and found, {harmless} harmless, 0 other errors");
    }

    [GeneratedRegex("expected .+, found ", RegexOptions.Singleline)]
    private static partial Regex ExpectedFound();
}
