using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
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

    [Fact]
    public async Task A_run_can_be_listed_shown_and_cancelled_until_it_is_evaluated()
    {
        var account = azurite.NewAccount();
        var runs = await RunsAsync(account);
        await runs.CreateAsync(Run("20260101-000000-aa", RunState.Training), TestContext.Current.CancellationToken);
        await runs.CreateAsync(Run("20260102-000000-bb", RunState.Evaluating), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "runs", "list"));
        Assert.StartsWith("run\ttask\tstate\tsteps\tdataset\tmodel\tnote\n20260102-000000-bb\t\tevaluating\t", terminal.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "runs", "show", "20260101-000000-aa"));
        Assert.Contains("state\ttraining", terminal.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "runs", "logs", "20260101-000000-aa"));
        Assert.Contains("Run 20260101-000000-aa has logged nothing yet; it is training.", terminal.Output, StringComparison.Ordinal);
        for (var times = 0; times < 2; times++)
            Assert.Equal(ExitCode.Ok, await RunAsync(account, "runs", "cancel", "20260101-000000-aa"));
        Assert.Equal(ExitCode.InputRejected, await RunAsync(account, "runs", "cancel", "20260102-000000-bb"));

        Assert.Contains("run 20260102-000000-bb: expected one that is queued or training, found one that is evaluating.", terminal.Error, StringComparison.Ordinal);
        var cancelled = (await runs.FindAsync("20260101-000000-aa", TestContext.Current.CancellationToken))!;
        Assert.Equal((RunState.Cancelled, $"cancelled by {Environment.UserName}@{Environment.MachineName}"), (cancelled.State, cancelled.Reason));
    }

    [Theory]
    [InlineData("runs", "show", "../models/x")]
    [InlineData("runs", "cancel", "20260101-000000-aa")]
    [InlineData("data", "show", "films")]
    [InlineData("data", "show", "../x")]
    [InlineData("models", "show", "m1")]
    [InlineData("models", "show", "..")]
    [InlineData("download", "scores", "texts.csv")]
    [InlineData("score", "good", "--model", "m1")]
    public async Task What_is_not_in_storage_exits_with_code_4_and_names_a_list(params string[] args)
    {
        Assert.Equal(ExitCode.NotFound, await RunAsync(azurite.NewAccount(), args));
        Assert.Matches("'imdb (runs list|data list|models list|status)'", terminal.Error);
    }

    [Fact]
    public async Task Datasets_are_listed_and_shown_with_their_report()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var films = await PrepareAsync(storage, "films");

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "data", "list"));
        Assert.StartsWith($"dataset\tversion\ttask\tarchive\tingested\ttexts\nfilms\t{films.Version}\tdefault\tfilms.csv\t", terminal.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "data", "show", "films"));
        Assert.Contains($"dataset films/{films.Version}", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scores_are_downloaded_as_records_or_as_a_table_with_the_original_columns()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await ScoreAsync(storage, "tickets/new.csv", "when,text\nMay,good\nJune,\n");

        Assert.Equal(ExitCode.Ok, await RunAsync(account, "download", "scores", "new.csv", "--task", "tickets", "--output", folder["scored.csv"]));
        Assert.Equal("when,text,label,score,neg,pos,error\nMay,good,pos,0.75,0.25,0.75,\nJune,,,,,,empty\n", await File.ReadAllTextAsync(folder["scored.csv"], TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "download", "scores", "tickets/new.csv"));
        Assert.Equal(2, terminal.Output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        await storage.Incoming.GetBlobClient("tickets/new.csv").UploadAsync(new BinaryData("when,text\n"), overwrite: true, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Ok, await RunAsync(account, "download", "scores", "tickets/new.csv", "--output", folder["scored.csv"]));
        Assert.Contains("incoming/tickets/new.csv was changed or deleted since it was scored, so its columns are missing.", terminal.Error, StringComparison.Ordinal);
        Assert.Equal("row,id,label,score,neg,pos,error\n1,,pos,0.75,0.25,0.75,\n2,,,,,,empty\n", await File.ReadAllTextAsync(folder["scored.csv"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Scores_that_do_not_belong_to_their_file_are_an_error_and_no_output()
    {
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await ScoreAsync(storage, "new.csv", "when,text\nMay,good\n");

        Assert.Equal(ExitCode.InputRejected, await RunAsync(account, "download", "scores", "new.csv", "--output", folder["scored.csv"]));

        Assert.Contains("scores/new.csv.jsonl: expected the 2 rows of new.csv, found row none for record 2.", terminal.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Output_needs_waiting_for_a_single_incoming_file()
    {
        var path = folder.Write("new.csv", "text\na\n");
        foreach (var args in (string[][])[[path], [path, "--incoming"], [path, folder.Write("other.csv", "text\na\n"), "--incoming", "--wait"]])
            Assert.Equal(ExitCode.WrongUsage, await RunAsync(azurite.NewAccount(), ["upload", .. args, "--output", "scored.csv"]));
        Assert.Contains("--output: expected --incoming --wait and a single file", terminal.Error, StringComparison.Ordinal);
    }

    /// <summary>Writes what the pipeline writes for a file of two rows, the second of which is bad.</summary>
    private static async Task ScoreAsync(PipelineStorage storage, string file, string content)
    {
        var uploaded = await storage.Incoming.GetBlobClient(file).UploadAsync(new BinaryData(content), TestContext.Current.CancellationToken);
        var model = new ModelManifest { Version = "m1", Files = [], Labels = ["neg", "pos"], Metrics = new Dictionary<string, double>(), CreatedAt = DateTimeOffset.UnixEpoch };
        Assert.True(await storage.Models.CreateJsonAsync(StorageLayout.ModelManifest("m1"), model, TestContext.Current.CancellationToken));
        ScoreRecord[] records = [ScoreRecord.Of(1, null, "m1", new Prediction("pos", 0.75f, [0.25f, 0.75f], [0, 1], Truncated: false)), ScoreRecord.Bad(2, null, "empty")];
        await storage.Scores.GetBlobClient(StorageLayout.ScoredFile(file)).UploadAsync(
            new BinaryData(string.Concat(records.Select(record => JsonSerializer.Serialize(record, PipelineJson.Line) + "\n"))), TestContext.Current.CancellationToken);
        var summary = new ScoreSummary
        {
            File = file,
            State = ScoreState.Scored,
            Scores = StorageLayout.ScoredFile(file),
            SourceETag = uploaded.Value.ETag.Unquoted(),
            Plan = "p",
            Model = "m1",
            Rows = 2,
            Errors = 1,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.True(await storage.Scores.CreateJsonAsync(StorageLayout.ScoreSummary(file), summary, TestContext.Current.CancellationToken));
    }

    private static RunRecord Run(string name, RunState state) => new() { Run = name, State = state, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch };

    private static async Task<RunStore> RunsAsync(StorageOptions account)
    {
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return new RunStore(storage);
    }

    private Task<DatasetManifest> PrepareAsync(PipelineStorage storage, string dataset) =>
        new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(folder.Write($"{dataset}.csv", $"text,label\ngood {dataset},pos\nbad {dataset},neg\n")),
            new BlobDatasetSink(storage, TimeProvider.System), new PreparationSettings(), null, TestContext.Current.CancellationToken);

    private Task<ExitCode> RunAsync(StorageOptions account, params string[] args) =>
        terminal.RunAsync([.. args, "--storage", account.ConnectionString!]);
}
