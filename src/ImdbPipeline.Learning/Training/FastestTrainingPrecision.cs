using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Foundation;
using ImdbPipeline.Learning.Inferring;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>Chooses the precision in which an encoder trains fastest on this machine.</summary>
internal static class FastestTrainingPrecision
{
    private const int Tokens = 2048;

    /// <returns>Never <see cref="TrainingPrecision.Auto"/>.</returns>
    public static TrainingPrecision Of(TrainableEncoder encoder)
    {
        encoder.Weights.To(Devices.Best, requiresGradient: true);
        if (encoder.Device.type == DeviceType.CPU && !Processor.HasBf16)
            return TrainingPrecision.Fp32;
        return Milliseconds(encoder, TrainingPrecision.Bf16) <= SpeedTrial.MaxTime * Milliseconds(encoder, TrainingPrecision.Fp32) ? TrainingPrecision.Bf16 : TrainingPrecision.Fp32;
    }

    private static double Milliseconds(TrainableEncoder encoder, TrainingPrecision precision)
    {
        var rows = SpeedTrial.Rows(encoder.Config, Tokens);
        encoder.Precision = precision;
        var best = SpeedTrial.Best(() =>
        {
            using var scope = NewDisposeScope();
            var loss = encoder.Forward(TokenBatch.Of(rows, encoder.Config.Fractions, encoder.Device), training: true).sum();
            loss.backward();
            // Reading the loss waits for a GPU.
            loss.ToSingle();
        });
        encoder.Precision = TrainingPrecision.Fp32;
        foreach (var weight in encoder.Weights.Tensors.Values)
            weight.grad = null;
        return best;
    }
}
