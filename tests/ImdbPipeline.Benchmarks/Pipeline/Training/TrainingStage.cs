using System.Globalization;
using ImdbPipeline.Learning.FineTuning;

namespace ImdbPipeline.Benchmarks.Pipeline.Training;

/// <summary>Fine-tunes a DistilBERT-sized encoder for one epoch over the same reviews: the notebook method and this project.</summary>
internal sealed class TrainingStage : IStageBenchmark
{
    private const int Reviews = 64, BriefReviews = 16, Step = 1400, BatchSize = 16, LongReviews = 512, LongSteps = 2000, BriefSteps = 50;

    public string Name => "train";

    public async Task RunAsync(BenchmarkReport figures, bool full, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("imdb-benchmark-").FullName;
        try
        {
            string sample = Path.Combine(folder, "sample"), model = Path.Combine(folder, "model"), small = Path.Combine(folder, "small"), shortSample = Path.Combine(folder, "shortSample");
            var (reviews, longSteps) = full ? (Reviews, LongSteps) : (BriefReviews, BriefSteps);
            DistilBertShape.Write(model);
            DistilBertShape.Write(small, RandomBase.Small);
            ReviewSample.Write(sample, reviews, Step * Reviews / reviews, 512, cancellationToken);
            ReviewSample.Write(shortSample, LongReviews, Step / 10, 64, cancellationToken);
            var notebook = await MeasuredProcess.RunAsync(TrainingParts.Notebook, [sample, "", model], cancellationToken);
            var packed = await MeasuredProcess.RunAsync(TrainingParts.Packed, [sample, "", model], cancellationToken);
            var optimizer = await MeasuredProcess.RunAsync(TrainingParts.Optimizer, [sample, "", model], cancellationToken);
            var memoryGrowth = await MeasuredProcess.RunAsync(TrainingParts.Long, [shortSample, "", small, longSteps.ToString(CultureInfo.InvariantCulture)], cancellationToken);

            var step = packed.Seconds / (reviews / BatchSize);
            figures.Add(Name, "notebook method", $"{reviews / notebook.Seconds:0.00} reviews/s, peak {notebook.PeakMegabytes:0} MB");
            figures.Add(Name, "packed", $"{reviews / packed.Seconds:0.00} reviews/s, peak {packed.PeakMegabytes:0} MB");
            figures.Add(Name, "packed, speed-up over the notebook method", $"{notebook.Seconds / packed.Seconds:0.00}", "at least 2");
            figures.Add(Name, "optimizer and clipping, fraction of a step", $"{optimizer.Seconds / step * 100:0.0} % ({optimizer.Seconds * 1000:0} of {step * 1000:0} ms)", "under 2 %");
            figures.Add(Name, $"growth of resident memory from step {longSteps / 10} to {longSteps} (small encoder)", $"{memoryGrowth.Seconds:0} MB", "none");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
