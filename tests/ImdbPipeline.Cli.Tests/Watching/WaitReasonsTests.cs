using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Tests.Watching;

[Slow]
public sealed class WaitReasonsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private ServiceProvider services = null!;
    private WaitReasons reasons = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        services = new ServiceCollection().AddLogging().AddSingleton(TestSettings.None).AddImdbPipeline(azurite.NewAccount()).BuildServiceProvider();
        await services.GetRequiredService<PipelineStorage>().EnsureCreatedAsync(Cancellation);
        reasons = new WaitReasons(services);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task Without_a_host_on_this_machine_nothing_happens()
    {
        const string Expected = "no 'imdb up' is running on this storage; start it in another terminal";
        Assert.Equal(Expected, await reasons.OfArchiveAsync(Cancellation));
        Assert.Equal(Expected, await reasons.OfIncomingAsync("texts.csv", Cancellation));
        Assert.Equal(Expected, await reasons.OfRunAsync("20260101-000000-aa", Cancellation));
    }

    [Fact]
    public async Task What_the_host_cannot_do_is_the_reason()
    {
        await StartHostAsync("Cannot list the container datasets.");
        Assert.Equal("Cannot list the container datasets.", await reasons.OfArchiveAsync(Cancellation));
    }

    [Fact]
    public async Task A_file_waits_for_the_champion_of_its_task()
    {
        await StartHostAsync();
        await services.GetRequiredService<TaskStore>().AssignAsync("tickets", "tickets", ["bug", "question"], Cancellation);
        Assert.Equal("task tickets has no champion yet; train one with 'imdb retrain --task tickets'", await reasons.OfIncomingAsync("tickets/new.csv", Cancellation));

        var model = new ModelManifest { Version = "m1", Files = [], Labels = ["bug", "question"], Metrics = new Dictionary<string, double>(), CreatedAt = DateTimeOffset.UnixEpoch };
        await services.GetRequiredService<PipelineStorage>().Models.CreateJsonAsync(StorageLayout.ModelManifest("m1"), model, Cancellation);
        await services.GetRequiredService<ModelRegistry>().PinAsync("tickets", "m1", "someone", Cancellation);
        Assert.Equal("", await reasons.OfIncomingAsync("tickets/new.csv", Cancellation));
    }

    [Fact]
    public async Task A_run_waits_for_the_runs_before_it()
    {
        await StartHostAsync();
        var runs = services.GetRequiredService<RunStore>();
        foreach (var (name, state) in ((string, RunState)[])[("20260101-000000-aa", RunState.Published), ("20260102-000000-bb", RunState.Queued), ("20260103-000000-cc", RunState.Queued), ("20260104-000000-dd", RunState.Queued)])
            await runs.CreateAsync(new RunRecord { Run = name, State = state, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        Assert.Equal("", await reasons.OfRunAsync("20260102-000000-bb", Cancellation));
        Assert.Equal("1 ahead in the queue", await reasons.OfRunAsync("20260103-000000-cc", Cancellation));

        await runs.TransitionAsync("20260102-000000-bb", RunState.Training, run => run, Cancellation);
        Assert.Equal("run 20260102-000000-bb is training, 1 more ahead in the queue", await reasons.OfRunAsync("20260104-000000-dd", Cancellation));
    }

    private Task StartHostAsync(params string[] problems) =>
        services.GetRequiredService<HostStore>().WriteAsync("a", new HostRecord("imdb up", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, problems), Cancellation);
}
