using System.Globalization;
using ImdbPipeline.Learning.Foundation;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Pipeline.Training;

/// <summary>Fine-tunes encoders of several sizes over the same reviews, and compares the largest with the notebook method.</summary>
internal sealed class TrainingStage : IStageBenchmark
{
    private const int Reviews = 64, BriefReviews = 8, Step = 1400, BatchSize = 16, LongReviews = 512, LongSteps = 2000, BriefSteps = 50;

    public string Name => "train";

    public async Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("imdb-benchmark-").FullName;
        try
        {
            string sample = Path.Combine(folder, "sample"), shortSample = Path.Combine(folder, "shortSample");
            var (reviews, longSteps) = full ? (Reviews, LongSteps) : (BriefReviews, BriefSteps);
            ReviewSample.Write(sample, reviews, Step * Reviews / reviews, 512, cancellationToken);
            ReviewSample.Write(shortSample, LongReviews, Step / 10, 64, cancellationToken);
            var distilBert = TrainedShape.DistilBert.Name;
            var packed = await ShapesAsync(figures, TrainingParts.Packed, ScalarType.Float32, sample, "at least 0.85", cancellationToken);
            if (full && Processor.HasBf16)
                await ShapesAsync(figures, TrainingParts.Bf16, ScalarType.BFloat16, sample, "at least 0.5", cancellationToken);
            var notebook = await MeasuredProcess.RunAsync(TrainingParts.Notebook, [sample, distilBert], cancellationToken);
            figures.Add(Name, "distilbert, notebook method", $"{reviews / notebook.Seconds:0.00} reviews/s, peak {notebook.PeakMegabytes:0} MB");
            figures.Add(Name, "distilbert, fp32, speed-up over the notebook method", $"{notebook.Seconds / packed[distilBert].Seconds:0.00}", "at least 3.5");

            var optimizer = await MeasuredProcess.RunAsync(TrainingParts.Optimizer, [sample, distilBert], cancellationToken);
            var step = packed[distilBert].Seconds / Math.Ceiling((double)reviews / BatchSize);
            figures.Add(Name, "distilbert, optimizer and clipping, fraction of a step", $"{optimizer.Seconds / step * 100:0.0} % ({optimizer.Seconds * 1000:0} of {step * 1000:0} ms)", "under 2 %");
            var memoryGrowth = await MeasuredProcess.RunAsync(TrainingParts.Long, [shortSample, "mini", longSteps.ToString(CultureInfo.InvariantCulture)], cancellationToken);
            figures.Add(Name, $"mini, growth of resident memory from step {longSteps / 10} to {longSteps}", $"{memoryGrowth.Seconds:0} MB", "none");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Dictionary<string, Measured>> ShapesAsync(
        BenchmarkReport figures, string part, ScalarType type, string sample, string target, CancellationToken cancellationToken)
    {
        var rows = ReviewSample.Read(sample);
        var measured = new Dictionary<string, Measured>(StringComparer.Ordinal);
        var rate = (await MeasuredProcess.RunAsync(TrainingParts.Rate, [type.ToString()], cancellationToken)).Seconds;
        figures.Add(Name, $"{type}, product of 4096 x 384 by 384 x 1536", $"{rate / 1e9:0} GFLOP/s");
        foreach (var shape in TrainedShape.All)
        {
            var run = measured[shape.Name] = await MeasuredProcess.RunAsync(part, [sample, shape.Name], cancellationToken);
            // Forward, backward to the inputs, backward to the weights: two operations each per weight and token.
            var reached = 6.0 * shape.LayerWeights * rows.Sum(row => row.Length) / run.Seconds;
            figures.Add(Name, $"{shape.Name}, {part}", $"{rows.Count / run.Seconds:0.00} reviews/s, peak {run.PeakMegabytes:0} MB");
            figures.Add(Name, $"{shape.Name}, {part}, fraction of the product rate", $"{reached / rate:0.00}", shape.Name == "mini" ? "" : target);
        }
        return measured;
    }
}
