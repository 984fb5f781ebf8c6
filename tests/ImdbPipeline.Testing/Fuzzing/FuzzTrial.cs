using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Foundation;
using Xunit;

namespace ImdbPipeline.Testing.Fuzzing;

/// <summary>
/// Reads generated inputs: each is read, or rejected with an error that names what was expected and found, in bounded time and memory. An input that is
/// read, or rejected for a new reason, becomes a start for further ones.
/// </summary>
/// <remarks>
/// By hand, <c>FUZZ_SECONDS</c> sets how long each trial runs and <c>FUZZ_SEED</c> where it starts. An input that breaks a promise is printed in Base64, to
/// become a test.
/// </remarks>
/// <param name="what">Name in the report.</param>
/// <param name="inputs">Number of inputs without <c>FUZZ_SECONDS</c>.</param>
/// <param name="maxBytes">Maximum number of bytes that one read may allocate.</param>
public sealed partial class FuzzTrial(string what, int inputs, long maxBytes = 256 << 20)
{
    private const int DefaultSeed = 1;
    private const int MaxKnown = 2000;

    // No input takes a tenth of this; it ends reads that never finish.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    private readonly List<byte[]> known = [];
    private readonly List<byte[]> valid = [];
    private readonly HashSet<string> outcomes = new(StringComparer.Ordinal);
    private int rejected;

    /// <param name="starts">Valid inputs, and invalid ones of different kinds.</param>
    /// <param name="tokens">Pieces that mean something in the format.</param>
    /// <param name="read">Reads an input; if that succeeds, asserts whatever must hold.</param>
    public async Task RunAsync(IReadOnlyList<byte[]> starts, IReadOnlyList<string> tokens, Action<byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(starts);
        var seed = Setting("FUZZ_SEED") ?? DefaultSeed;
        var seconds = Setting("FUZZ_SECONDS");
        var mutator = new Mutator(seed, tokens);
        known.AddRange(starts);
        valid.Add(starts[0]);
        var tried = 0;
        var clock = Stopwatch.StartNew();
        byte[] current = [];
        var work = Task.Run(
            () =>
            {
                foreach (var start in starts)
                    Try(current = start, read);
                for (; seconds is null ? tried < inputs : clock.Elapsed.TotalSeconds < seconds; tried++)
                {
                    Volatile.Write(ref current, mutator.Next(valid, known));
                    Try(current, read);
                }
            },
            TestContext.Current.CancellationToken);
        for (byte[]? last = null; await Task.WhenAny(work, Task.Delay(MaxTime, TestContext.Current.CancellationToken)) != work; last = current)
            Assert.False(last is not null && ReferenceEquals(last, Volatile.Read(ref current)), $"{what}: expected an input to be read within {MaxTime}, found {Describe(current)}");
        await work;
        ReportedFigures.Report($"{what}: {tried} inputs from seed {seed} in {clock.Elapsed.TotalSeconds:0} s, {rejected} rejected, for {outcomes.Count} different reasons");
    }

    private void Try(byte[] input, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(() => read(input));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (error is not (null or InputRejectedException or InvalidDataException) || (error is not null && !ExpectedFound().IsMatch(error.Message)))
            throw new InvalidOperationException($"{what}: {error.GetType().Name}: {error.Message} for {Describe(input)}", error);
        if (allocated > maxBytes)
            throw new InvalidOperationException($"{what}: expected at most {maxBytes} allocated bytes, found {allocated} for {Describe(input)}");
        rejected += error is null ? 0 : 1;
        if (error is null && valid.Count < MaxKnown)
            valid.Add(input);
        if (error is not null && outcomes.Add(Reason(error)) && known.Count < MaxKnown)
            known.Add(input);
    }

    /// <summary>Errors that differ only in what was found have the same reason.</summary>
    private static string Reason(Exception error) => Values().Replace($"{(error as InputRejectedException)?.Rule} {error.Message.Split(", found ")[0]}", "…");

    private static string Describe(byte[] input) => $"{input.Length} bytes: {Convert.ToBase64String(input)}";

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex("expected .+, found ", RegexOptions.Singleline)]
    private static partial Regex ExpectedFound();

    [GeneratedRegex(@"'[^']*'|\d+|\\u[0-9a-f]{4}")]
    private static partial Regex Values();
}
