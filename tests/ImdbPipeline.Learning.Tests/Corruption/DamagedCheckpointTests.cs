using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Corruption;

public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300, 601, null)]
    [InlineData(500, 602, 1500)]
    public async Task A_damaged_checkpoint_is_ignored_with_a_reason_or_restores_the_same_bits(int cases, int seed, int? within)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = new Dictionary<string, torch.Tensor> { ["weight"] = torch.arange(2000, dtype: torch.ScalarType.Float32).reshape(40, 50), ["weight.mean"] = torch.ones(40, 50), ["bias"] = torch.zeros(7) };
        var state = new LoopState(TrainingPhase.Training, MetricsState.Begin with { Steps = 7, Lines = [new MetricsLine(7, 0.5, 0.25, 5e-5, 1, null, 3)] }, new StoppingState(0.75, 0.5, 3, 1, 2), TrainingPrecision.Fp32);
        Checkpoints().Save(state, tensors, Cancellation);
        var file = Assert.Single(Directory.GetFiles(folder["checkpoints"]));
        var expected = (Text(state), Bits(tensors));

        await new DamageTrial("training checkpoint" + (within is null ? "" : ", its header"), cases, seed).RunAsync(
            await File.ReadAllBytesAsync(file, Cancellation),
            damaged =>
            {
                File.WriteAllBytes(file, damaged);
                var checkpoints = Checkpoints();
                if (checkpoints.Find(Cancellation) is not { } found)
                    throw new InvalidDataException(Reason(checkpoints.Ignored));
                using var inner = torch.NewDisposeScope();
                var restored = tensors.ToDictionary(tensor => tensor.Key, tensor => torch.zeros_like(tensor.Value));
                checkpoints.Restore(restored, Cancellation);
                Assert.Equal(expected, (Text(found), Bits(restored)));
            },
            within);
    }

    // DamageTrial counts rejections by their message; checkpoints report a reason instead of throwing.
    private static string Reason(string? ignored) =>
        ignored == "the checkpoint is from a different training run" ? "expected this run's checkpoint, found another's" : Assert.IsType<string>(ignored);

    private TrainingCheckpoints Checkpoints() => new(new FolderCheckpoints(folder["checkpoints"]), "a");

    private static string Text(LoopState state) => System.Text.Json.JsonSerializer.Serialize(state, PipelineJson.Line);

    private static string Bits(Dictionary<string, torch.Tensor> tensors) =>
        string.Join(' ', tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => $"{tensor.Key} {Convert.ToHexString(tensor.Value.bytes)}"));
}
