using System.Text.Json;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.Functions.Tests;

/// <summary>The image of the Functions app, built by its Dockerfile's own commands.</summary>
[Slow]
public sealed class FunctionsImageTests(FunctionsImage image)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_image_contains_the_app_and_all_its_functions_but_no_local_settings()
    {
        var folder = await image.FolderAsync();

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
