using System.Text.Json;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Training;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Commands;

/// <summary>Commands over a real, empty storage account.</summary>
public sealed class StorageCommandsTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PlayedTerminal played = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("retrain: expected a data set, found none.", "retrain")]
    [InlineData("--dataset films: expected a data set or one of its versions, found none of that name.", "retrain", "--dataset", "films")]
    [InlineData("rollback: expected a champion, found none.", "models", "rollback")]
    [InlineData("model m1: expected a published model, found none of that version.", "models", "promote", "m1")]
    [InlineData("expected a champion, found none.", "score", "Not bad at all.")]
    public async Task What_is_not_there_exits_4_and_nothing_is_sent(string message, params string[] args)
    {
        var account = azurite.NewAccount();

        Assert.Equal(ExitCode.NotFound, await RunAsync(account, args));

        Assert.Contains(message, played.Error, StringComparison.Ordinal);
        var sent = await new PipelineStorage(account).Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(1, TestContext.Current.CancellationToken);
        Assert.Empty(sent.Value);
    }

    [Fact]
    public async Task Auxiliary_data_sets_that_are_there_are_sent_and_others_exit_4()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await PrepareAsync(storage, "films");
        await PrepareAsync(storage, "books");

        Assert.Equal(ExitCode.NotFound, await RunAsync(account, "retrain", "--dataset", "films", "--auxiliary-dataset", "books", "--auxiliary-dataset", "tweets"));
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "retrain", "--dataset", "films", "--auxiliary-dataset", "books"));

        Assert.Contains("--auxiliary-dataset tweets: expected a data set or one of its versions, found none of that name.", played.Error, StringComparison.Ordinal);
        var sent = await storage.Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(32, TestContext.Current.CancellationToken);
        var request = RetrainMessage.Parse(Assert.Single(sent.Value).Body.ToString());
        Assert.Equal(["books"], request.AuxiliaryDatasets!);
        Assert.NotNull(request.Traceparent);
        Assert.Equal(new RetrainRequest { Dataset = "films", AuxiliaryDatasets = request.AuxiliaryDatasets, Traceparent = request.Traceparent }, request);
    }

    [Fact]
    public async Task Given_up_training_is_replayed_by_the_id_that_the_status_shows()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var record = new PoisonRecord(StorageLayout.RetrainPoisonQueue, "0d1e2f", "run 20260101-000000-aa", "The host's log says why.", """{"run": "20260101-000000-aa", "epochs": 3}""", DateTimeOffset.UnixEpoch);
        Assert.True(await storage.Runs.CreateJsonAsync(StorageLayout.PoisonRecord(record.Queue, record.MessageId), record, TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "status"));
        Assert.Contains("0d1e2f", played.Page, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, await RunAsync(account, "replay", "0d1e"));
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "replay", "0d1e2f"));

        Assert.Contains("Sent. Its run will be ", played.Output, StringComparison.Ordinal);
        var request = RetrainMessage.Parse(Assert.Single((await storage.Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value).Body.ToString());
        Assert.Equal(new RetrainRequest { Epochs = 3, Traceparent = request.Traceparent }, request);
    }

    [Fact]
    public async Task Status_of_an_empty_account_is_one_document()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(azurite.NewAccount(), "status", "--json"));

        using var document = JsonDocument.Parse(played.Output);
        Assert.Empty(document.RootElement.GetProperty("models").EnumerateArray());
        Assert.Empty(played.Error);
    }

    [Fact]
    public async Task Models_of_an_empty_account_say_how_to_get_one()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(azurite.NewAccount(), "models", "list"));
        Assert.Equal("No model is published yet. Train one: imdb retrain --wait", played.Page);
    }

    [Fact]
    public async Task Upload_replaces_a_file_of_the_same_name()
    {
        var account = azurite.NewAccount();
        var path = folder.Write("films.csv", "first");
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "upload", path));
        folder.Write("films.csv", "second");
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "upload", path));

        var blob = await new PipelineStorage(account).Datasets.GetBlobClient("films.csv").DownloadContentAsync(TestContext.Current.CancellationToken);
        Assert.Equal("second", blob.Value.Content.ToString());
        Assert.StartsWith("Uploaded datasets/films.csv.", played.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Incoming_file_of_an_unknown_kind_is_refused_before_it_is_sent()
    {
        var account = azurite.NewAccount();

        Assert.Equal(ExitCode.InputRefused, await RunAsync(account, "upload", folder.Write("reviews.pdf", "%PDF"), "--incoming"));

        Assert.False(await new PipelineStorage(account).Incoming.GetBlobClient("reviews.pdf").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_files_of_one_name_are_wrong_usage()
    {
        Directory.CreateDirectory(folder.File("other"));
        var (one, two) = (folder.Write("films.csv", "1"), folder.Write(Path.Combine("other", "films.csv"), "2"));

        Assert.Equal(ExitCode.WrongUsage, await RunAsync(azurite.NewAccount(), "upload", one, two));
        Assert.Contains("of which one would replace the other", played.Error, StringComparison.Ordinal);
    }

    private Task<DatasetManifest> PrepareAsync(PipelineStorage storage, string dataset) =>
        new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(folder.Write($"{dataset}.csv", $"text,label\ngood {dataset},pos\nbad {dataset},neg\n")),
            new BlobDatasetSink(storage, TimeProvider.System), new PreparationSettings(), null, TestContext.Current.CancellationToken);

    private Task<ExitCode> RunAsync(StorageOptions account, params string[] args) =>
        played.RunAsync([.. args, "--storage", account.ConnectionString!]);
}
