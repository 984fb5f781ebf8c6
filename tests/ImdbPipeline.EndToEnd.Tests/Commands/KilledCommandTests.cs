using System.Security.Cryptography;
using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Processes;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Commands;

/// <summary>Kills <c>imdb</c> with SIGKILL at moments across a command's whole duration; its output must be complete or absent.</summary>
public sealed class KilledCommandTests : IDisposable
{
    private const int Kills = 5;
    private const int Reviews = 1500;

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-killed-").FullName;
    private readonly AzuriteFixture azurite;

    public KilledCommandTests(AzuriteFixture azurite)
    {
        this.azurite = azurite;
        foreach (var name in (string[])["temporary", "uninterrupted", "killed"])
            Directory.CreateDirectory(At(name));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_train_and_score_leave_no_partial_output_and_a_rerun_gives_the_result_of_an_uninterrupted_run()
    {
        using (var archive = File.Create(At("films.tar.gz")))
            new SampleArchive { Train = 100, Test = 30, Unsup = 20 }.Write(archive);
        string[] train = ["train", At("films.tar.gz"), "--base-model", "scratch-mini", "--epochs", "2", "--batch-size", "8", "--save-steps", "4", "--max-length", "64", "--output"];
        // The killed training runs replace an existing model.
        await SucceedAsync([.. train, At("killed/model"), "--seed", "1"]);
        var length = await SucceedAsync([.. train, At("uninterrupted/model")]);
        await KillRepeatedlyAsync([.. train, At("killed/model")], length, seed: 1, () => Model("killed/model"), Model("uninterrupted/model"));

        await File.WriteAllLinesAsync(
            At("films.jsonl"),
            SampleReviews.Labelled(Reviews, firstMovie: 1, seed: 3).Select((review, i) => JsonSerializer.Serialize(new { id = $"{i}", text = review.Text })), Cancellation);
        string[] score = ["score", At("films.jsonl"), "--model", At("uninterrupted/model"), "--output"];
        length = await SucceedAsync([.. score, At("uninterrupted/scores.jsonl")]);
        await KillRepeatedlyAsync([.. score, At("killed/scores.jsonl")], length, seed: 2, () => Content("killed/scores.jsonl"), Content("uninterrupted/scores.jsonl"));

        Assert.Equal(Reviews, File.ReadLines(At("killed/scores.jsonl")).Count());
        Assert.Empty(Names("temporary"));
        Assert.Equal(Names("uninterrupted"), Names("killed"));
    }

    [Fact]
    public async Task A_killed_upload_leaves_the_old_archive_or_the_complete_new_one()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(Cancellation);
        var blob = storage.Datasets.GetBlobClient("films.tar");
        string[] upload = ["upload", At("films.tar"), "--storage", account.ConnectionString!];
        await WriteAsync(seed: 1);
        var length = await SucceedAsync(upload);
        await WriteAsync(seed: 2);
        await KillRepeatedlyAsync(
            upload, length, seed: 3, () => Digest(blob.DownloadContent(Cancellation).Value.Content.ToMemory().Span), Content("films.tar"));
        Assert.Empty(Names("temporary"));

        Task WriteAsync(int seed)
        {
            var content = new byte[48 << 20];
            new Random(seed).NextBytes(content);
            return File.WriteAllBytesAsync(At("films.tar"), content, Cancellation);
        }
    }

    /// <summary>Kills the command several times, then lets it finish.</summary>
    /// <param name="length">Duration of an uninterrupted run.</param>
    /// <param name="look">Returns the visible output; null if there is none.</param>
    /// <param name="whole">The output of an uninterrupted run.</param>
    private async Task KillRepeatedlyAsync(string[] command, TimeSpan length, int seed, Func<string?> look, string? whole)
    {
        var before = look();
        var (kills, outcomes) = (0, new List<string>());
        foreach (var moment in KillMoments.Over(length, Kills, seed))
        {
            await using var process = Start(command);
            var killed = await process.KillAtAsync(moment);
            kills += killed ? 1 : 0;
            var visible = look();
            Assert.Contains(visible, (string?[])[null, before, whole]);
            outcomes.Add($"{moment.TotalSeconds:0.0} s {(killed ? "killed" : "finished")}, {(visible is null ? "no output" : visible == whole ? "complete output" : "previous output")}");
        }

        await SucceedAsync(command);
        ReportedFigures.Report($"imdb {command[0]}, duration {length.TotalSeconds:0.0} s, killed {kills} times: {string.Join("; ", outcomes)}");
        Assert.Equal(whole, look());
        Assert.NotEqual(whole, before);
        Assert.InRange(kills, 1, Kills);
    }

    private async Task<TimeSpan> SucceedAsync(string[] command)
    {
        await using var process = Start(command);
        return await process.SucceedAsync();
    }

    // Turns off the runtime's diagnostic sockets, which every killed .NET process leaves behind.
    private RunningProgram Start(string[] command) => Programs.Imdb(
        new Dictionary<string, string> { ["TMPDIR"] = At("temporary"), ["DOTNET_EnableDiagnostics"] = "0" }, command);

    private string At(string name) => Path.Combine(folder, name);

    private string[] Names(string name) =>
        [.. Directory.GetFileSystemEntries(At(name), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(At(name), path)).Order(StringComparer.Ordinal)];

    /// <summary>The model without the two files that describe its training, which mention that it was resumed.</summary>
    private string? Model(string name)
    {
        if (!Directory.Exists(At(name)))
            return null;
        Assert.NotNull(TrainerState.Read(At(name)));
        Assert.True(File.Exists(Path.Combine(At(name), ModelFolder.CardFile)), "the model has no card");
        return string.Join('\n', Names(name).Except([ModelFolder.TrainerStateFile, ModelFolder.CardFile]).Select(file => $"{file} {Content($"{name}/{file}")}"));
    }

    private string? Content(string name) => File.Exists(At(name)) ? Digest(File.ReadAllBytes(At(name))) : null;

    private static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
