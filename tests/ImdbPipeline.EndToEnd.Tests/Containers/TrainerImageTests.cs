using ImdbPipeline.Core.Runs;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Containers;

namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>The trainer's image, built by its Dockerfile's own commands and started through its entry point.</summary>
public sealed class TrainerImageTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trainer_image_runs_a_waiting_job_and_exits_successfully_without_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The images are for Linux.");
        // The CPU build, since the CUDA packages are not available everywhere.
        using var image = await BuiltImage.BuildAsync("src/ImdbPipeline.Trainer/Dockerfile", new() { ["TORCH_BACKEND"] = "cpu" }, Cancellation);
        var job = await StoredJob.QueueAsync(azurite, new RetrainRequest { Epochs = 1, MaxLength = 32 });

        await using var trainer = image.Start(job.Settings);
        await trainer.SucceedAsync();
        Assert.Equal(RunState.Published, (await job.ReadAsync()).State);

        await using var idle = image.Start(job.Settings);
        await idle.SucceedAsync();
        Assert.Contains("No training job is waiting", idle.Output, StringComparison.Ordinal);
    }
}
