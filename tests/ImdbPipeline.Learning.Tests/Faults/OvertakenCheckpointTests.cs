using Azure.Core;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;
using ImdbPipeline.Trainer;

namespace ImdbPipeline.Learning.Tests.Faults;

public sealed class OvertakenCheckpointTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checkpoint_replaced_by_a_newer_one_while_it_is_fetched_gives_way_to_the_newer_one(bool inTheMiddle)
    {
        var (account, faults) = (azurite.NewAccount(), new StorageFaults());
        var unharmed = new PipelineStorage(account);
        await unharmed.EnsureCreatedAsync(Stop);
        var run = new RunRecord { Run = "r", State = RunState.Training, Attempts = 1, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch };
        await new RunStore(unharmed).CreateAsync(run, Stop);
        var paused = new RunCheckpoints(unharmed, run, folder["paused"]);
        paused.Put(path => File.WriteAllText(path, "the older checkpoint"), Stop);
        var reads = 0;
        faults.Arm((request, _) =>
        {
            if (request.Method != RequestMethod.Get || !request.Uri.ToUri().AbsolutePath.EndsWith(".safetensors", StringComparison.Ordinal))
                return StorageFault.None;
            reads++;
            if (reads == 1 && inTheMiddle)
                return StorageFault.BodyCut;
            if (reads == (inTheMiddle ? 2 : 1))
                paused.Put(path => File.WriteAllText(path, "newer"), Stop);
            return StorageFault.None;
        });

        var fetched = new RunCheckpoints(new PipelineStorage(faults.Between(account, maxRetries: 2)), run, folder["resumed"]).Fetch(Stop);

        Assert.Equal("newer", await File.ReadAllTextAsync(fetched!, Stop));
        Assert.Equal(inTheMiddle ? 3 : 2, reads);
    }

    public void Dispose() => folder.Dispose();
}
