using System.Diagnostics;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Chooses the precision in which an encoder trains fastest on this machine.</summary>
internal static class FastestTrainingPrecision
{
    private const int Tokens = 2048, RowLength = 256, Rounds = 3;

    /// <summary>bf16 is chosen only if it needs at most this fraction of fp32's time.</summary>
    private const double MaxTime = 0.9;

    /// <returns>Never <see cref="TrainingPrecision.Auto"/>.</returns>
    public static TrainingPrecision Of(TrainableEncoder encoder)
    {
        encoder.Weights.To(Devices.Best, requiresGradient: true);
        if (encoder.Device.type == DeviceType.CPU && !Processor.HasBf16)
            return TrainingPrecision.Fp32;
        return Milliseconds(encoder, TrainingPrecision.Bf16) <= MaxTime * Milliseconds(encoder, TrainingPrecision.Fp32) ? TrainingPrecision.Bf16 : TrainingPrecision.Fp32;
    }

    private static double Milliseconds(TrainableEncoder encoder, TrainingPrecision precision)
    {
        var length = Math.Min(RowLength, encoder.Config.MaxPositions);
        int[][] rows = [.. Enumerable.Range(0, Tokens / length).Select(_ => Enumerable.Range(0, length).Select(i => i % encoder.Config.VocabSize).ToArray())];
        var best = double.MaxValue;
        encoder.Precision = precision;
        // The first round includes preparing kernels for these sizes.
        for (var round = 0; round <= Rounds; round++)
        {
            using var scope = NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            // Reading the loss waits for a GPU.
            var loss = encoder.Forward(TokenBatch.Of(rows, encoder.Config.Fractions, encoder.Device), training: true).sum();
            loss.backward();
            loss.ToSingle();
            if (round > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        encoder.Precision = TrainingPrecision.Fp32;
        foreach (var weight in encoder.Weights.Tensors.Values)
            weight.grad = null;
        return best;
    }
}
