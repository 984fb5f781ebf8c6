using System.Text;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Scoring;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImdbPipeline.Core.Tests;

/// <summary>The pipeline as hosts wire it, on a fresh Azurite account; only the scorer is replaced by a keyword scorer.</summary>
internal sealed class PipelineUnderTest : IAsyncDisposable
{
    private readonly Func<ServiceProvider> build;
    private readonly ServiceProvider services;

    private PipelineUnderTest(Func<ServiceProvider> build) => (this.build, services) = (build, build());

    public PipelineStorage Storage => Get<PipelineStorage>();

    public ModelRegistry Registry => Get<ModelRegistry>();

    public AdjustableTimeProvider Time => (AdjustableTimeProvider)Get<TimeProvider>();

    public KeywordScorers Scorers => (KeywordScorers)Get<IScorerProvider>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PipelineUnderTest> StartAsync(AzuriteFixture azurite, ScoringLimits? limits = null, Action<IServiceCollection>? configure = null, Func<StorageOptions, StorageOptions>? through = null)
    {
        var account = azurite.NewAccount();
        account = through?.Invoke(account) ?? account;
        var pipeline = new PipelineUnderTest(() =>
        {
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(new AdjustableTimeProvider());
            services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
            services.AddSingleton<IScorerProvider, KeywordScorers>();
            services.AddSingleton(TestSettings.None);
            services.AddSingleton(limits ?? new ScoringLimits { ShardRows = 4 });
            configure?.Invoke(services);
            services.AddImdbPipeline(account);
            return services.BuildServiceProvider();
        });
        await pipeline.Storage.EnsureCreatedAsync(Cancellation);
        return pipeline;
    }

    /// <summary>Another host of the same pipeline; the two share only storage.</summary>
    public PipelineUnderTest StartSecondHost() => new(build);

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    public async Task<ModelManifest> PublishAsync(string version, double accuracy, string dataset = "reviews/0011223344556677", int minutes = 0, double? baseline = null, int? texts = null, string? task = null, params string[] labels)
    {
        var metrics = new Dictionary<string, double> { [ModelManifest.ValidationAccuracyName] = accuracy };
        if (baseline is { } baselineAccuracy)
            metrics[ModelManifest.BaselineValidationAccuracyName] = baselineAccuracy;
        if (texts is { } validationTexts)
            metrics[ModelManifest.ValidationTextsName] = validationTexts;
        var manifest = new ModelManifest
        {
            Version = version,
            Files = [],
            Labels = labels.Length > 0 ? labels : ["neg", "pos"],
            Task = task,
            Metrics = metrics,
            Dataset = dataset,
            Run = "run-" + version,
            CreatedAt = Time.GetUtcNow().AddMinutes(minutes),
        };
        Assert.True(await Storage.Models.CreateJsonAsync(StorageLayout.ModelManifest(version), manifest, Cancellation));
        return manifest;
    }

    public async Task PublishChampionAsync(string version, double accuracy = 0.9)
    {
        await PublishAsync(version, accuracy);
        await Registry.PinAsync(LabelledTask.Default, version, "test", Cancellation);
    }

    /// <summary>Commits a dataset that consists of a manifest only.</summary>
    public async Task<DatasetManifest> PrepareDatasetAsync(string dataset, string version, int minutes = 0, string? task = null, params string[] labels)
    {
        var manifest = new DatasetManifest
        {
            Dataset = dataset,
            Version = version,
            Task = task,
            Archive = new SourceArchive(dataset + ".tar.gz", 1, new string('0', 64)),
            Settings = new PreparationSettings(),
            Labels = labels.Length > 0 ? labels : ["neg", "pos"],
            Vocabulary = new DatasetFile("vocab.txt", 1, new string('0', 64)),
            Shards = [],
            Report = new DataReport
            {
                Read = 3,
                Kept = new Dictionary<Split, IReadOnlyDictionary<string, int>> { [Split.Train] = new Dictionary<string, int> { ["neg"] = 1, ["pos"] = 2 } },
                Duplicates = new Dictionary<Split, int>(),
                Leaks = 0,
                Contradictions = 0,
                Movies = new Dictionary<Split, int>(),
                Lengths = new Dictionary<string, int>(),
                TruncatedAt512 = 0,
                Ignored = 0,
            },
            CreatedAt = Time.GetUtcNow().AddMinutes(minutes),
        };
        Assert.True(await Storage.Prepared.CreateJsonAsync(StorageLayout.Manifest(dataset, version), manifest, Cancellation));
        return manifest;
    }

    public Task UploadAsync(string file, string content) => UploadAsync(file, Encoding.UTF8.GetBytes(content));

    public async Task UploadAsync(string file, byte[] content) =>
        await Storage.Incoming.GetBlobClient(file).UploadAsync(new BinaryData(content), overwrite: true, Cancellation);

    public Task PlanAsync(string file) => Get<ScoreIncomingHandler>().HandleAsync(file, Cancellation);

    /// <summary>Delivers every queued shard once.</summary>
    public async Task<int> ScoreShardsAsync(int most = int.MaxValue)
    {
        var bodies = await TakeAsync(StorageLayout.ScoringShardsQueue, most);
        foreach (var body in bodies)
            await Get<ScoreShardHandler>().HandleAsync(body, Cancellation);
        return bodies.Count;
    }

    /// <summary>Receives and deletes messages.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string queue, int most = int.MaxValue)
    {
        var client = Storage.Queue(queue);
        var bodies = new List<string>();
        while (bodies.Count < most && (await client.ReceiveMessageAsync(cancellationToken: Cancellation)).Value is { } message)
        {
            bodies.Add(message.Body.ToString());
            await client.DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
        }
        return bodies;
    }

    public async Task<string> ReadScoresAsync(string path) =>
        (await Storage.Scores.GetBlobClient(path).DownloadContentAsync(Cancellation)).Value.Content.ToString();

    public async Task<T?> FindScoresAsync<T>(string path) where T : class =>
        (await Storage.Scores.ReadJsonAsync<T>(path, Cancellation))?.Value;

    public async Task<IReadOnlyList<string>> ListScoresAsync(string prefix = "")
    {
        var names = new List<string>();
        await foreach (var blob in Storage.Scores.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancellation))
            names.Add(blob.Name);
        return names;
    }

    public Task StartTrainingAsync(QueueDelivery message) => Get<StartTrainingHandler>().HandleAsync(message, Cancellation);

    public async Task<RunRecord> ReadRunAsync(string run) =>
        await Get<RunStore>().FindAsync(run, Cancellation) ?? throw new InvalidOperationException($"Run {run} not found.");
}
