using System.Runtime.InteropServices;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>Scores real reviews with a DistilBERT-sized encoder: the notebook method, ONNX Runtime, and this project.</summary>
internal sealed class ScoringStage : IStageBenchmark
{
    private const int Reviews = 128, BriefReviews = 16, Step = 700, Rounds = 2;

    public string Name => "score";

    public async Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("imdb-benchmark-").FullName;
        try
        {
            string sample = Path.Combine(folder, "sample"), model = Path.Combine(folder, "model");
            DistilBertShape.Write(model);
            ReviewSample.Write(sample, full ? Reviews : BriefReviews, full ? Step : Step * Reviews / BriefReviews, 512, cancellationToken);
            var rows = ReviewSample.Read(sample);
            var best = new Dictionary<string, Measured>(StringComparer.Ordinal);
            string[] parts = [ScoringParts.Notebook, ScoringParts.OnnxFp32, ScoringParts.Fp32, ScoringParts.OnnxInt8, ScoringParts.Int8, ScoringParts.Products];
            // Alternate between the parts, so that temporary load affects all of them.
            for (var round = 0; round < (full ? Rounds : 1); round++)
                foreach (var part in parts)
                {
                    var measured = await MeasuredProcess.RunAsync(part, [sample, Path.Combine(folder, part), model], cancellationToken);
                    best[part] = best.TryGetValue(part, out var earlier) && earlier.Seconds < measured.Seconds ? earlier : measured;
                }
            Report(figures, best, rows, part => Path.Combine(folder, part));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Report(BenchmarkReport figures, Dictionary<string, Measured> best, IReadOnlyList<int[]> rows, Func<string, string> logits)
    {
        var notebook = best[ScoringParts.Notebook].Seconds;
        foreach (var (part, measured) in best.Where(part => part.Key != ScoringParts.Products))
            figures.Add(Name, part, $"{rows.Count / measured.Seconds:0.0} reviews/s ({rows.Sum(row => row.Length) / measured.Seconds:0} tokens/s), {notebook / measured.Seconds:0.00} times the notebook method, peak {measured.PeakMegabytes:0} MB");
        figures.Add(Name, "fp32, speed-up over the notebook method", $"{notebook / best[ScoringParts.Fp32].Seconds:0.00}", "at least 3.3");
        figures.Add(Name, "fp32, speed-up over ONNX Runtime fp32", $"{best[ScoringParts.OnnxFp32].Seconds / best[ScoringParts.Fp32].Seconds:0.00}", "at least 1");
        figures.Add(Name, "fp32, fraction of the best measured matrix product rate", $"{best[ScoringParts.Products].Seconds / best[ScoringParts.Fp32].Seconds:0.00}", "at least 0.85");
        figures.Add(Name, "fp32, peak memory", $"{best[ScoringParts.Fp32].PeakMegabytes:0} MB", "under 1000");
        figures.Add(Name, "int8, speed-up over the notebook method", $"{notebook / best[ScoringParts.Int8].Seconds:0.00}", "at least 5");
        figures.Add(Name, "int8, speed-up over ONNX Runtime int8", $"{best[ScoringParts.OnnxInt8].Seconds / best[ScoringParts.Int8].Seconds:0.00}");
        foreach (var part in (string[])[ScoringParts.Fp32, ScoringParts.OnnxFp32, ScoringParts.Int8, ScoringParts.OnnxInt8])
            figures.Add(Name, $"{part}, largest difference of logits from the notebook method", $"{Difference(logits(part), logits(ScoringParts.Notebook)):0.0e0}");
    }

    private static float Difference(string one, string other)
    {
        byte[] left = File.ReadAllBytes(one), right = File.ReadAllBytes(other);
        var (first, second) = (MemoryMarshal.Cast<byte, float>(left).ToArray(), MemoryMarshal.Cast<byte, float>(right).ToArray());
        return first.Zip(second, (a, b) => Math.Abs(a - b)).Max();
    }
}
