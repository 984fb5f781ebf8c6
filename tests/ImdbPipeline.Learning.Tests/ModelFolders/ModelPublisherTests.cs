using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.FineTuning;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

[Slow]
public sealed class ModelPublisherTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Publishing_the_same_model_twice_creates_one_version()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var publisher = new ModelPublisher(storage, TimeProvider.System);

        var first = await publisher.PublishAsync(Model(seconds: 10), LabelledTask.Default, Cancellation);
        var again = await publisher.PublishAsync(Model(seconds: 99), LabelledTask.Default, Cancellation);

        Assert.Equal(first.Version, again.Version);
        Assert.StartsWith("tiny-base-", first.Version);
        Assert.Equal(first.CreatedAt, again.CreatedAt);
        Assert.Equal(8, await CountAsync(storage.Models));
    }

    [Fact]
    public async Task Concurrent_publishers_produce_one_valid_model()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);

        var manifests = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => new ModelPublisher(storage, TimeProvider.System).PublishAsync(Model(seconds: i), LabelledTask.Default, Cancellation))));

        Assert.Single(manifests.Select(m => string.Join(' ', m.Files)).Distinct());
        await new StoredModels(storage, new ModelCache(folder["cache"], TimeProvider.System)).GetPublishedAsync(manifests[0].Version, Cancellation);
    }

    [Fact]
    public async Task Publishing_again_completes_what_a_killed_publisher_left()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var publisher = new ModelPublisher(storage, TimeProvider.System);
        var version = (await publisher.PublishAsync(Model(seconds: 1), LabelledTask.Default, Cancellation)).Version;
        await storage.Models.DeleteBlobAsync(StorageLayout.ModelManifest(version), cancellationToken: Cancellation);
        await storage.Models.DeleteBlobAsync(StorageLayout.ModelFolder(version) + "model.safetensors", cancellationToken: Cancellation);

        var manifest = await publisher.PublishAsync(Model(seconds: 2), LabelledTask.Default, Cancellation);

        Assert.Equal(version, manifest.Version);
        await new StoredModels(storage, new ModelCache(folder["cache"], TimeProvider.System)).GetPublishedAsync(version, Cancellation);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("missing")]
    [InlineData("link")]
    public async Task A_cached_model_with_a_damaged_file_is_downloaded_again(string damage)
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var version = (await new ModelPublisher(storage, TimeProvider.System).PublishAsync(Model(seconds: 1), LabelledTask.Default, Cancellation)).Version;
        var models = new StoredModels(storage, new ModelCache(folder["cache"], TimeProvider.System));
        var weights = Path.Combine(await models.GetPublishedAsync(version, Cancellation), "model.safetensors");
        var published = await File.ReadAllBytesAsync(weights, Cancellation);
        var elsewhere = folder.Write("elsewhere", published);
        File.Delete(weights);
        if (damage == "changed")
            await File.WriteAllBytesAsync(weights, [.. published[..^1], (byte)(published[^1] ^ 1)], Cancellation);
        else if (damage == "link")
            File.CreateSymbolicLink(weights, elsewhere);

        var again = Path.Combine(await models.GetPublishedAsync(version, Cancellation), "model.safetensors");

        Assert.Equal(published, await File.ReadAllBytesAsync(again, Cancellation));
        Assert.Null(new FileInfo(again).LinkTarget);
    }

    [Fact]
    public async Task Concurrent_callers_share_the_scorer_of_a_published_model()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var version = (await new ModelPublisher(storage, TimeProvider.System).PublishAsync(Model(seconds: 1), LabelledTask.Default, Cancellation)).Version;
        var provider = Provider(storage);

        var scorers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => provider.GetAsync(version, null, Cancellation)));

        Assert.All(scorers, scorer => Assert.Same(scorers[0], scorer));
        Assert.Equal(version, scorers[0].Model);
        Assert.Single(scorers[0].Score(["a b"], null, Cancellation));
    }

    [Fact]
    public async Task The_two_most_recently_used_models_stay_loaded()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var publisher = new ModelPublisher(storage, TimeProvider.System);
        string[] versions = [.. await Task.WhenAll(((string[])["one", "two", "three"]).Select(async name => (await publisher.PublishAsync(Model(1, name), LabelledTask.Default, Cancellation)).Version))];
        var provider = Provider(storage);

        ITextScorer one = await provider.GetAsync(versions[0], null, Cancellation), two = await provider.GetAsync(versions[1], null, Cancellation);
        Assert.Same(one, await provider.GetAsync(versions[0], null, Cancellation));
        await provider.GetAsync(versions[2], null, Cancellation);

        Assert.Same(one, await provider.GetAsync(versions[0], null, Cancellation));
        Assert.NotSame(two, await provider.GetAsync(versions[1], null, Cancellation));
    }

    [Fact]
    public async Task A_file_is_scored_by_one_model_even_if_that_model_is_unloaded_midway()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new ModelCache(folder["cache"], TimeProvider.System))
            .AddSingleton(new ScoringLimits { ShardRows = 1 })
            .AddImdbPipeline(azurite.NewAccount())
            .AddLearning()
            .AddSingleton(TestSettings.None)
            .BuildServiceProvider();
        var storage = services.GetRequiredService<PipelineStorage>();
        await storage.EnsureCreatedAsync(Cancellation);
        var (publisher, registry) = (services.GetRequiredService<ModelPublisher>(), services.GetRequiredService<ModelRegistry>());
        var (scorers, shards) = (services.GetRequiredService<IScorerProvider>(), services.GetRequiredService<ScoreShardHandler>());
        var first = (await publisher.PublishAsync(Model(1, "first", bias: 1), LabelledTask.Default, Cancellation)).Version;
        await registry.PinAsync(LabelledTask.Default, first, "test", Cancellation);
        await storage.Incoming.GetBlobClient("r.txt").UploadAsync(new BinaryData("a\nb\na b\n"), Cancellation);
        await services.GetRequiredService<ScoreIncomingHandler>().HandleAsync("r.txt", Cancellation);
        var messages = (await storage.Queue(StorageLayout.ScoringShardsQueue).ReceiveMessagesAsync(3, cancellationToken: Cancellation)).Value;

        await shards.HandleAsync(messages[0].MessageText, Cancellation);
        var before = await scorers.GetAsync(first, null, Cancellation);
        foreach (var bias in (float[])[2, 3])
        {
            var later = (await publisher.PublishAsync(Model(1, $"later-{bias}", bias), LabelledTask.Default, Cancellation)).Version;
            await registry.PinAsync(LabelledTask.Default, later, "test", Cancellation);
            await scorers.GetAsync(later, null, Cancellation);
        }
        foreach (var message in messages[1..])
            await shards.HandleAsync(message.MessageText, Cancellation);

        Assert.NotSame(before, await scorers.GetAsync(first, null, Cancellation));
        var lines = (await storage.Scores.GetBlobClient("r.txt.jsonl").DownloadContentAsync(Cancellation)).Value.Content.ToString();
        var records = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ScoreRecord>(line, PipelineJson.Line)!).ToList();
        Assert.All(records, record => Assert.Equal(first, record.Model));
        string[] texts = ["a", "b", "a b"];
        Assert.Equal(texts.Select(text => before.Score([text], null, Cancellation)[0].Logits), records.Select(record => record.Logits!));
    }

    [Fact]
    public async Task A_model_that_was_changed_in_storage_is_rejected()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var version = (await new ModelPublisher(storage, TimeProvider.System).PublishAsync(Model(seconds: 1), LabelledTask.Default, Cancellation)).Version;
        await storage.Models.GetBlobClient(StorageLayout.ModelFolder(version) + "vocab.txt").UploadAsync(new BinaryData("x"), overwrite: true, Cancellation);
        var provider = Provider(storage);

        await Assert.ThrowsAsync<InvalidDataException>(() => provider.GetAsync(version, null, Cancellation));
        Assert.Equal("model-unknown", (await Assert.ThrowsAsync<InputRejectedException>(() => provider.GetAsync("none", null, Cancellation))).Rule);
    }

    [Fact]
    public async Task A_base_model_uploaded_by_hand_is_found()
    {
        var storage = await azurite.NewStorageAsync(Cancellation);
        var source = folder.CopyOf("distilbert-nano");
        // Those after the first two are used if the model is a teacher.
        string[] files = ["config.json", "model.safetensors", "ngrams.safetensors", "ngrams_vocab.txt", "trainer_state.json"];
        foreach (var file in files[2..])
            await File.WriteAllTextAsync(Path.Combine(source, file), "", Cancellation);
        foreach (var file in files)
            await storage.Models.GetBlobClient($"base/nano/{file}").UploadAsync(Path.Combine(source, file), Cancellation);
        using var client = new HubClient(new HubOptions(), TimeProvider.System);
        var cache = new ModelCache(folder["cache"], TimeProvider.System);
        var resolver = new BaseModelResolver(new ModelLocator(new HubModels(client, cache), new StoredModels(storage, cache)), plugIns: []);

        var model = Assert.IsType<FolderBase>(await resolver.ResolveAsync("models/base/nano", null, Cancellation));

        Assert.Equal(files, Directory.GetFiles(model.Folder).Select(Path.GetFileName).Order());
        Assert.Equal("base-model-missing", (await Assert.ThrowsAsync<InputRejectedException>(() => resolver.ResolveAsync("models/base/other", null, Cancellation))).Rule);
    }

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ScorerProvider Provider(PipelineStorage storage) =>
        new(new StoredModels(storage, new ModelCache(folder["cache"], TimeProvider.System)), new ScoringOptions(), NullLogger<ScorerProvider>.Instance);

    /// <summary>The nano model with a recorded training time.</summary>
    /// <param name="bias">Added to the logit of the last label.</param>
    private TrainedModel Model(int seconds, string baseModel = "some/Tiny_base", float bias = 0)
    {
        var path = folder[$"model-{Guid.NewGuid():N}"];
        using var encoder = EncoderLoader.LoadModel(Path.Combine(AppContext.BaseDirectory, "Fixtures", "distilbert-nano")).Encoder;
        using (torch.NewDisposeScope())
            encoder.Weights.Set("classifier.bias", encoder.Weights["classifier.bias"] + torch.tensor([0, bias]));
        var state = new TrainerState
        {
            BaseModel = baseModel,
            Dataset = "tiny/1",
            Recipe = Recipe.Notebook,
            Treatment = new TextPreprocessing(true, 40, Truncation.Head),
            GlobalStep = 1,
            MaxSteps = 1,
            Metrics = new Dictionary<string, double> { [ModelManifest.ValidationAccuracyName] = 0.9 },
            Confusion = new Dictionary<string, IReadOnlyList<IReadOnlyList<int>>>(),
            LogHistory = [new MetricsLine(1, 1, 0.5, 0, 1, 1, seconds)],
            Notes = [],
        };
        var vocabulary = Encoding.UTF8.GetBytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n" + string.Concat(Enumerable.Range(7, 293).Select(i => $"w{i}\n")));
        ModelFolderWriter.Write(path, encoder, new ModelFiles(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "distilbert-nano", "config.json")), TokenizerJson.FromVocabulary(vocabulary)), state, blend: null);
        return new TrainedModel(path, state, encoder.Config.Labels);
    }

    private static async Task<int> CountAsync(BlobContainerClient container)
    {
        var count = 0;
        await foreach (var _ in container.GetBlobsAsync())
            count++;
        return count;
    }
}
