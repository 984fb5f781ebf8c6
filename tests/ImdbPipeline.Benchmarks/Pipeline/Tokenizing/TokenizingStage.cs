using System.Diagnostics;
using ImdbPipeline.Core.Tokenizing;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace ImdbPipeline.Benchmarks.Pipeline.Tokenizing;

/// <summary>Tokenizes all 100,000 real reviews, or every tenth: the library's tokenizer with default settings, and this project's.</summary>
internal sealed class TokenizingStage : IStageBenchmark
{
    private const int Rounds = 3, BriefStep = 10;

    private sealed record Pass(double Seconds, double CpuSeconds, long Tokens, long Allocated);

    public string Name => "tokenize";

    public Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var vocabulary = BenchmarkData.Vocabulary;
        var library = BertTokenizer.Create(vocabulary);
        var thisProject = ModelTokenizer.FromVocabulary(File.ReadAllBytes(vocabulary));
        var texts = RealArchive.Reviews().Where((_, i) => full || i % BriefStep == 0).ToArray();

        var best = new Dictionary<string, Pass>(StringComparer.Ordinal);
        // Alternate between the tokenizers, so that temporary load affects all of them.
        for (var round = 0; round <= Rounds; round++)
            foreach (var (name, threads, encode) in new (string, int, Func<string, int>)[]
            {
                ("library, all cores", Environment.ProcessorCount, text => library.EncodeToIds(text).Count),
                ("all cores", Environment.ProcessorCount, text => thisProject.Encode(text).Length),
                ("one core", 1, text => thisProject.Encode(text).Length),
            })
                if (Measure(texts, threads, encode, cancellationToken) is var pass && round > 0 && (!best.TryGetValue(name, out var earlier) || pass.Seconds < earlier.Seconds))
                    best[name] = pass;

        foreach (var (name, pass) in best)
            figures.Add(
                Name, name,
                $"{pass.Tokens / pass.Seconds / 1e6:0.0} million tokens/s, {pass.Tokens / pass.CpuSeconds / 1e6:0.0} million per CPU second, {pass.Allocated / texts.Length} bytes allocated per review of {pass.Tokens / texts.Length} tokens",
                name == "all cores" ? "at least 6 million tokens/s" : "");
        figures.Add(Name, "speed-up over the library, per CPU second", $"{Rate(best["all cores"]) / Rate(best["library, all cores"]):0.0}");
        return Task.CompletedTask;
    }

    private static double Rate(Pass pass) => pass.Tokens / pass.CpuSeconds;

    private static Pass Measure(string[] texts, int threads, Func<string, int> encode, CancellationToken cancellationToken)
    {
        GC.Collect();
        var (cpu, allocated, started) = (Cpu(), GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        var tokens = 0L;
        Parallel.ForEach(
            System.Collections.Concurrent.Partitioner.Create(0, texts.Length, 256),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            range =>
            {
                var sum = 0L;
                for (var i = range.Item1; i < range.Item2; i++)
                    sum += encode(texts[i]);
                Interlocked.Add(ref tokens, sum);
            });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Pass(seconds, (Cpu() - cpu).TotalSeconds, tokens, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
