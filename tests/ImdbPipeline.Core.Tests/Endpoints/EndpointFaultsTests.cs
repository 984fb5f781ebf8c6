using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Tests.Scoring;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Core.Tests.Endpoints;

[Slow]
public sealed class EndpointFaultsTests(AzuriteFixture azurite)
{
    private readonly StorageFaults faults = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageFault.ConnectionRefused)]
    [InlineData(StorageFault.TimedOut)]
    public async Task A_model_in_memory_answers_while_storage_is_away(StorageFault outage)
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        Assert.Equal(200, (await ScoreAsync(pipeline)).StatusCode);
        faults.Arm((_, _) => outage);

        var reply = await ScoreAsync(pipeline);

        Assert.Equal(200, reply.StatusCode);
        Assert.Equal("m1", JsonDocument.Parse(reply.Json).RootElement.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(StorageFault.ConnectionRefused)]
    [InlineData(StorageFault.TimedOut)]
    public async Task Requests_that_need_storage_get_a_503_that_says_so_while_it_is_away(StorageFault outage)
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        faults.Arm((_, _) => outage);

        foreach (var reply in (EndpointReply[])[await ScoreAsync(pipeline), await pipeline.Get<StatusEndpoint>().HandleAsync(Cancellation)])
            AssertProblem(reply, 503, "storage-unavailable", "Check that it exists, is running and is reachable.");
    }

    [Fact]
    public async Task A_champion_that_is_not_in_memory_is_not_waited_for_while_storage_is_away()
    {
        await using var pipeline = await StartAsync(services => services.AddSingleton<IScorerProvider>(new LoadingOnce()));
        await pipeline.PublishChampionAsync("m1");
        Assert.Equal(200, (await ScoreAsync(pipeline)).StatusCode);
        faults.Arm((_, _) => StorageFault.ConnectionRefused);

        AssertProblem(await ScoreAsync(pipeline), 503, "storage-unavailable", "storage account");
    }

    [Fact]
    public async Task A_damaged_champion_pointer_gets_a_500_that_names_it()
    {
        await using var pipeline = await StartAsync();
        await pipeline.Storage.Models.GetBlobClient(StorageLayout.Champion(LabelledTask.Default)).UploadAsync(new BinaryData("{ half a poin"), Cancellation);

        AssertProblem(await ScoreAsync(pipeline), 500, "champion-unusable", "models/_tasks/default/champion.json");
    }

    [Fact]
    public async Task A_champion_that_cannot_be_loaded_gets_a_500_that_says_what_to_do()
    {
        await using var pipeline = await StartAsync();
        await pipeline.PublishChampionAsync("m1");
        pipeline.Scorers.Remove("m1");

        AssertProblem(await ScoreAsync(pipeline), 500, "champion-unusable", "Champion m1 cannot be used.");
    }

    [Fact]
    public async Task An_unexpected_fault_gets_a_500_with_its_message()
    {
        await using var pipeline = await StartAsync(services => services.AddSingleton<IScorerProvider>(new OutOfSpace()));
        await pipeline.PublishChampionAsync("m1");

        AssertProblem(await ScoreAsync(pipeline), 500, "internal-error", "no space left on the device");
    }

    private Task<PipelineUnderTest> StartAsync(Action<IServiceCollection>? configure = null) =>
        PipelineUnderTest.StartAsync(azurite, through: account => faults.Intercept(account), configure: configure);

    private static Task<EndpointReply> ScoreAsync(PipelineUnderTest pipeline) =>
        pipeline.Get<ScoreEndpoint>().HandleAsync(new MemoryStream(Encoding.UTF8.GetBytes("""{"text": "good"}""")), task: null, Cancellation);

    private static void AssertProblem(EndpointReply reply, int status, string rule, string detail)
    {
        var problem = JsonDocument.Parse(reply.Json).RootElement;
        Assert.Equal(
            (status, "application/problem+json", (string?)rule, status),
            (reply.StatusCode, reply.ContentType, problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Loads a model once; the next load takes forever.</summary>
    private sealed class LoadingOnce : IScorerProvider
    {
        private readonly KeywordScorers scorers = new();
        private int loads;

        public Task<ITextScorer> GetAsync(string model, ScoringPrecision? precision, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref loads) == 1 ? scorers.GetAsync(model, precision, cancellationToken) : new TaskCompletionSource<ITextScorer>().Task;
    }

    private sealed class OutOfSpace : IScorerProvider
    {
        public Task<ITextScorer> GetAsync(string model, ScoringPrecision? precision, CancellationToken cancellationToken) =>
            Task.FromException<ITextScorer>(new IOException("no space left on the device"));
    }
}
