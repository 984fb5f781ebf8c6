using System.Diagnostics;
using System.Security.Cryptography;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Training;

/// <summary>Kills the training process with SIGKILL at random moments and restarts it.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int Kills = 4;

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-killed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Training_killed_at_random_steps_and_restarted_reproduces_the_model_bit_for_bit()
    {
        using (var archive = File.Create(Path.Combine(folder, "reviews.tar.gz")))
            new SampleArchive { Train = 250, Test = 40, Unsup = 60 }.Write(archive);
        using (var whole = Start("whole"))
            await EndAsync(whole);

        // The moments differ between executions, as in production; the result never does.
        var random = new Random(Environment.TickCount);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start("killed");
            var before = Checkpoint();
            var more = random.Next(1, 4);
            for (var seen = 0; seen < more && !process.HasExited; seen++)
            {
                await Eventually.HoldsAsync("another checkpoint", () => process.HasExited || Checkpoint() != before);
                before = Checkpoint();
            }

            Assert.False(process.HasExited, "training ended before it was killed");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.False(Directory.Exists(Path.Combine(folder, "killed")), "a killed training run left a model");
        }

        using (var last = Start("killed"))
            await EndAsync(last);

        Assert.Equal(Digest("whole"), Digest("killed"));
        Assert.Contains(TrainerState.Read(Path.Combine(folder, "killed"))!.Notes, note => note.StartsWith("resumed from a checkpoint", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(folder, "killed.checkpoint")), "the checkpoint is still there");
    }

    private Process Start(string output) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        [
            typeof(Cli.Commands.RecipeOptions).Assembly.Location, "train", Path.Combine(folder, "reviews.tar.gz"), "--output", Path.Combine(folder, output),
            "--base-model", "scratch-mini", "--epochs", "3", "--batch-size", "16", "--save-steps", "3", "--mlm-epochs", "1", "--mlm-max-steps", "12", "--mlm-learning-rate", "1e-3",
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {error}{await output}");
    }

    private DateTime? Checkpoint() =>
        new FileInfo(Path.Combine(folder, "killed.checkpoint", "checkpoint.safetensors")) is { Exists: true } file ? file.LastWriteTimeUtc : null;

    private string Digest(string model) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, model, "model.safetensors"))));
}
