using System.Text.Json;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>The contents of the images, built by their Dockerfiles' own commands and started through their entry points.</summary>
public sealed class ImagesTests(AzuriteFixture azurite, FunctionsImage functionsImage)
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

    [Fact]
    public async Task The_Functions_image_contains_the_app_and_all_its_functions_but_no_local_settings()
    {
        var folder = await functionsImage.FolderAsync();

        using var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "functions.metadata"), Cancellation));
        var functions = metadata.RootElement.EnumerateArray().Select(function => function.GetProperty("name").GetString());
        Assert.Equal(FunctionsApp.Names.Order(), functions.Order());
        foreach (var file in (string[])["host.json", "extensions.json", "worker.config.json", "libLibTorchSharp.so", "libtorch_cpu.so"])
            Assert.True(File.Exists(Path.Combine(folder, file)), file);
        Assert.False(File.Exists(Path.Combine(folder, "local.settings.json")));

        // This file tells the host how to start the worker.
        using var worker = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "worker.config.json"), Cancellation));
        var program = worker.RootElement.GetProperty("description").GetProperty("defaultWorkerPath").GetString()!;
        await using var unset = RunningProgram.StartIsolated(folder, ["dotnet", program], new Dictionary<string, string>());
        Assert.NotEqual(0, await unset.EndAsync());
        Assert.Contains($"setting {StorageOptions.Setting}: expected a connection string, or {StorageOptions.Setting}__blobServiceUri and {StorageOptions.Setting}__queueServiceUri, found nothing", unset.Output, StringComparison.Ordinal);
    }
}
