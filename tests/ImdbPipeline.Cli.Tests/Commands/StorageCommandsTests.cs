using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests.Commands;

/// <summary>Commands against Azurite, each test with a new, empty storage account.</summary>
[Slow]
public sealed class StorageCommandsTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTerminal terminal = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("retrain: expected a dataset, found none.", "retrain")]
    [InlineData("--dataset films: expected a dataset or dataset version, found none with that name.", "retrain", "--dataset", "films")]
    [InlineData("rollback: expected a champion of task default, found none.", "models", "rollback")]
    [InlineData("model m1: expected a published model version, found none.", "models", "promote", "m1")]
    [InlineData("expected a champion of task 'default', found none.", "score", "Not bad at all.")]
    public async Task A_missing_dataset_or_model_exits_with_code_4_and_sends_no_message(string message, params string[] args)
    {
        var account = azurite.NewAccount();

        Assert.Equal(ExitCode.NotFound, await RunAsync(account, args));

        Assert.Contains(message, terminal.Error, StringComparison.Ordinal);
        var sent = await new PipelineStorage(account).Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(1, TestContext.Current.CancellationToken);
        Assert.Empty(sent.Value);
    }

    [Fact]
    public async Task Existing_auxiliary_datasets_are_sent_and_missing_ones_exit_with_code_4()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await PrepareAsync(storage, "films");
        await PrepareAsync(storage, "books");

        Assert.Equal(ExitCode.NotFound, await RunAsync(account, "retrain", "--dataset", "films", "--auxiliary-dataset", "books", "--auxiliary-dataset", "tweets"));
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "retrain", "--dataset", "films", "--auxiliary-dataset", "books"));

        Assert.Contains("--auxiliary-dataset tweets: expected a dataset or dataset version, found none with that name.", terminal.Error, StringComparison.Ordinal);
        var sent = await storage.Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(32, TestContext.Current.CancellationToken);
        var request = RetrainMessage.Parse(Assert.Single(sent.Value).Body.ToString());
        Assert.Equal(["books"], request.AuxiliaryDatasets!);
        Assert.NotNull(request.Traceparent);
        Assert.Equal(new RetrainRequest { Dataset = "films", AuxiliaryDatasets = request.AuxiliaryDatasets, Traceparent = request.Traceparent }, request);
    }

    [Fact]
    public async Task A_poison_training_message_is_retried_by_the_id_shown_in_the_status()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var record = new PoisonRecord(StorageLayout.RetrainPoisonQueue, "0d1e2f", "run 20260101-000000-aa", "The host's log says why.", """{"run": "20260101-000000-aa", "epochs": 3}""", DateTimeOffset.UnixEpoch);
        Assert.True(await storage.Runs.CreateJsonAsync(StorageLayout.PoisonRecord(record.Queue, record.MessageId), record, TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "status"));
        Assert.Contains("0d1e2f", terminal.Page, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, await RunAsync(account, "replay", "0d1e"));
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "replay", "0d1e2f"));

        Assert.Contains("Sent. Run ", terminal.Output, StringComparison.Ordinal);
        var request = RetrainMessage.Parse(Assert.Single((await storage.Queue(StorageLayout.RetrainQueue).PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value).Body.ToString());
        Assert.Equal(new RetrainRequest { Epochs = 3, Traceparent = request.Traceparent }, request);
    }

    [Fact]
    public async Task Status_of_an_empty_account_with_json_is_one_document()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(azurite.NewAccount(), "status", "--json"));

        using var document = JsonDocument.Parse(terminal.Output);
        Assert.Empty(document.RootElement.GetProperty("models").EnumerateArray());
        Assert.Empty(terminal.Error);
    }

    [Fact]
    public async Task Without_models_the_list_says_how_to_train_one()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(azurite.NewAccount(), "models", "list"));
        Assert.Equal("No published models yet. Train one: imdb retrain --wait", terminal.Page);
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
        Assert.StartsWith("Uploaded datasets/films.csv.", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_stores_settings_beside_the_archive_and_says_when_earlier_ones_are_used()
    {
        var account = azurite.NewAccount();
        var path = folder.Write("films.csv", "text,label\n");
        var blob = new PipelineStorage(account).Datasets.GetBlobClient("films.csv.settings.json");
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "upload", path, "--keep-markup", "--split-seed", "7"));
        var stored = (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value;
        Assert.Equal(new UploadSettings { StripMarkup = false, ValidationShare = 0.2, Seed = 7, VocabularySize = 16_000, MaxUnreadableRows = 0.01 }, UploadSettings.Parse(stored.Content.ToMemory().Span, ""));

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "upload", path, "--keep-markup", "--split-seed", "7"));
        Assert.Equal(stored.Details.ETag, (await blob.GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.ETag);
        Assert.DoesNotContain("uploaded earlier", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "upload", path));
        Assert.Contains("Using the settings in datasets/films.csv.settings.json, which were uploaded earlier.", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_not_uploaded_as_an_archive_or_with_incoming_files()
    {
        var account = azurite.NewAccount();
        Assert.Equal(ExitCode.WrongUsage, await RunAsync(account, "upload", folder.Write("films.csv.settings.json", "{}")));
        Assert.Contains("Upload", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, await RunAsync(account, "upload", folder.Write("new.csv", "text\na\n"), "--incoming", "--split-seed", "7"));
        Assert.Contains("--split-seed: expected archives, found --incoming.", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incoming_file_of_an_unsupported_type_is_rejected_before_it_is_uploaded()
    {
        var account = azurite.NewAccount();

        Assert.Equal(ExitCode.InputRejected, await RunAsync(account, "upload", folder.Write("reviews.pdf", "%PDF"), "--incoming"));

        Assert.False(await new PipelineStorage(account).Incoming.GetBlobClient("reviews.pdf").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_files_of_the_same_name_exit_with_code_2()
    {
        Directory.CreateDirectory(folder["other"]);
        var (one, two) = (folder.Write("films.csv", "1"), folder.Write(Path.Combine("other", "films.csv"), "2"));

        Assert.Equal(ExitCode.WrongUsage, await RunAsync(azurite.NewAccount(), "upload", one, two));
        Assert.Contains("which would overwrite each other", terminal.Error, StringComparison.Ordinal);
    }

    private Task<DatasetManifest> PrepareAsync(PipelineStorage storage, string dataset) =>
        new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(folder.Write($"{dataset}.csv", $"text,label\ngood {dataset},pos\nbad {dataset},neg\n")),
            new BlobDatasetSink(storage, TimeProvider.System), new PreparationSettings(), null, TestContext.Current.CancellationToken);

    private Task<ExitCode> RunAsync(StorageOptions account, params string[] args) =>
        terminal.RunAsync([.. args, "--storage", account.ConnectionString!]);
}
