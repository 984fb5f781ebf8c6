using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class Bf16Tests
{
    /// <summary>Absolute tolerance, for logits up to 0.3. bfloat16 has 8 significant bits: rounding errors are up to 0.4 %.</summary>
    private const float Bound = 5e-3f;
    private const float RelativeBound = 0.03f;

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Bf16_logits_are_close_to_float32_logits(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        model.Precision = TrainingPrecision.Bf16;

        var logits = GoldenLogitsTests.Logits(model, golden.Inputs.Select(i => i.Ids));

        Assert.NotEqual(golden.Logits, logits);
        var scale = golden.Logits.Max(row => row.Max(Math.Abs));
        var largest = GoldenLogitsTests.AssertClose(golden.Logits, logits, Bound + RelativeBound * scale);
        ReportedFigures.Report($"{Path.GetFileName(folder)}: largest difference of bf16 logits {largest:0.0000}, logits up to {scale:0.00}");
    }

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Weights_and_gradients_stay_float32_and_gradients_are_close(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var scope = torch.NewDisposeScope();
        using var exact = EncoderLoader.LoadModel(folder).Encoder;
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        model.Precision = TrainingPrecision.Bf16;

        Backward(exact, golden);
        Backward(model, golden);

        foreach (var (name, weight) in model.Weights.Tensors)
        {
            Assert.Equal(torch.ScalarType.Float32, weight.dtype);
            Assert.Equal(torch.ScalarType.Float32, weight.grad!.dtype);
        }

        var similarity = CosineSimilarity(exact, model);
        Assert.True(similarity > 0.95, $"cosine similarity: expected above 0.95, found {similarity}");
        ReportedFigures.Report($"{Path.GetFileName(folder)}: cosine similarity of bf16 and float32 gradients {similarity:0.0000}");
    }

    private static void Backward(TrainableEncoder model, GoldenSet golden)
    {
        model.Weights.To(torch.CPU, requiresGradient: true);
        new ClassificationBatch(model, [.. golden.Inputs.Where(input => input.Label == 1).Select(input => TrainingExample.Labelled(input.Ids, input.Label, model.Config.Labels.Count))]).Loss(golden.Inputs.Length).backward();
    }

    /// <returns>Cosine similarity of the two models' gradients.</returns>
    private static double CosineSimilarity(TrainableEncoder one, TrainableEncoder other)
    {
        var a = torch.cat([.. one.Weights.Specs.Select(spec => one.Weights[spec.Name].grad!.flatten())]);
        var b = torch.cat([.. one.Weights.Specs.Select(spec => other.Weights[spec.Name].grad!.flatten())]);
        return (a.dot(b) / a.norm() / b.norm()).ToDouble();
    }
}
