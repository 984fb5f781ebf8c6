using System.Security.Cryptography;
using System.Text.Json;
using ImdbPipeline.Cli.Samples;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.EndToEnd.Tests.Killing;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Commands;

/// <summary>Really kills <c>imdb</c> at moments over a command's whole length; what it writes is there whole or not at all.</summary>
public sealed class KilledCommandTests : IDisposable
{
    private const int Kills = 5;
    private const int Reviews = 1500;

    private readonly string folder = Directory.CreateTempSubdirectory("imdb-killed-").FullName;
    private readonly AzuriteFixture azurite;

    public KilledCommandTests(AzuriteFixture azurite)
    {
        this.azurite = azurite;
        foreach (var name in (string[])["temporary", "undisturbed", "killed"])
            Directory.CreateDirectory(At(name));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Train_and_score_leave_whole_output_or_none_and_a_rerun_ends_as_if_undisturbed()
    {
        using (var archive = File.Create(At("films.tar.gz")))
            new SampleArchive { Train = 100, Test = 30, Unsup = 20 }.Write(archive);
        string[] train = ["train", At("films.tar.gz"), "--epochs", "2", "--batch-size", "8", "--save-steps", "4", "--max-length", "64", "--output"];
        // The killed trainings replace another model.
        await SucceedAsync([.. train, At("killed/model"), "--seed", "1"]);
        var length = await SucceedAsync([.. train, At("undisturbed/model")]);
        await DieAsync([.. train, At("killed/model")], length, seed: 1, () => Model("killed/model"), Model("undisturbed/model"));

        await File.WriteAllLinesAsync(
            At("films.jsonl"),
            SampleReviews.Labelled(Reviews, firstMovie: 1, seed: 3).Select((review, i) => JsonSerializer.Serialize(new { id = $"{i}", text = review.Text })), Cancellation);
        string[] score = ["score", At("films.jsonl"), "--model", At("undisturbed/model"), "--output"];
        length = await SucceedAsync([.. score, At("undisturbed/scores.jsonl")]);
        await DieAsync([.. score, At("killed/scores.jsonl")], length, seed: 2, () => Content("killed/scores.jsonl"), Content("undisturbed/scores.jsonl"));

        Assert.Equal(Reviews, File.ReadLines(At("killed/scores.jsonl")).Count());
        Assert.Empty(Names("temporary"));
        Assert.Equal(Names("undisturbed"), Names("killed"));
    }

    [Fact]
    public async Task Upload_leaves_the_archive_before_it_or_the_whole_new_one()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(Cancellation);
        var blob = storage.Datasets.GetBlobClient("films.tar");
        string[] upload = ["upload", At("films.tar"), "--storage", account.ConnectionString!];
        await WriteAsync(seed: 1);
        var length = await SucceedAsync(upload);
        await WriteAsync(seed: 2);
        await DieAsync(
            upload, length, seed: 3, () => Digest(blob.DownloadContent(Cancellation).Value.Content.ToMemory().Span), Content("films.tar"));
        Assert.Empty(Names("temporary"));

        Task WriteAsync(int seed)
        {
            var content = new byte[48 << 20];
            new Random(seed).NextBytes(content);
            return File.WriteAllBytesAsync(At("films.tar"), content, Cancellation);
        }
    }

    /// <summary>Kills the command again and again, then lets it finish.</summary>
    /// <param name="length">Of an undisturbed run.</param>
    /// <param name="look">Finds what is visible; null for nothing.</param>
    /// <param name="whole">What an undisturbed run makes visible.</param>
    private async Task DieAsync(string[] command, TimeSpan length, int seed, Func<string?> look, string? whole)
    {
        var before = look();
        var (kills, outcomes) = (0, new List<string>());
        foreach (var moment in Moments.Over(length, Kills, seed))
        {
            await using var process = Start(command);
            var killed = await process.KillAtAsync(moment);
            kills += killed ? 1 : 0;
            var visible = look();
            Assert.Contains(visible, (string?[])[null, before, whole]);
            outcomes.Add($"{moment.TotalSeconds:0.0} s {(killed ? "killed" : "ended")}, {(visible is null ? "nothing" : visible == whole ? "whole" : "the one before")}");
        }

        await SucceedAsync(command);
        Parity.Says($"imdb {command[0]}, {length.TotalSeconds:0.0} s long, killed {kills} times: {string.Join("; ", outcomes)}");
        Assert.Equal(whole, look());
        Assert.NotEqual(whole, before);
        Assert.InRange(kills, 1, Kills);
    }

    private async Task<TimeSpan> SucceedAsync(string[] command)
    {
        await using var process = Start(command);
        return await process.SucceedAsync();
    }

    // The runtime's own sockets, which every killed .NET process leaves there, are turned off.
    private RunningProgram Start(string[] command) => RunningProgram.Cli(
        new Dictionary<string, string> { ["TMPDIR"] = At("temporary"), ["DOTNET_EnableDiagnostics"] = "0" }, command);

    private string At(string name) => Path.Combine(folder, name);

    private string[] Names(string name) =>
        [.. Directory.GetFileSystemEntries(At(name), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(At(name), path)).Order(StringComparer.Ordinal)];

    /// <summary>All of the model but the two files that tell how it was trained, and so that it was resumed.</summary>
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
