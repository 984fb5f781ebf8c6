using Azure.Core;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Faults;

namespace ImdbPipeline.Trainer.Tests.Faults;

public sealed class ReplacedCheckpointTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_replaced_during_the_download_is_fetched_again_in_its_newer_version(bool midway)
    {
        var (account, faults) = (azurite.NewAccount(), new StorageFaults());
        var direct = new PipelineStorage(account);
        await direct.EnsureCreatedAsync(Cancellation);
        var run = new RunRecord { Run = "r", State = RunState.Training, Attempts = 1, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch };
        await new RunStore(direct).CreateAsync(run, Cancellation);
        var paused = new RunCheckpoints(direct, run, folder["paused"], CancellationToken.None);
        paused.Put(path => File.WriteAllText(path, "the older checkpoint"), Cancellation);
        var reads = 0;
        faults.Arm((request, _) =>
        {
            if (request.Method != RequestMethod.Get || !request.Uri.ToUri().AbsolutePath.EndsWith(".safetensors", StringComparison.Ordinal))
                return StorageFault.None;
            reads++;
            if (reads == 1 && midway)
                return StorageFault.BodyTruncated;
            if (reads == (midway ? 2 : 1))
                paused.Put(path => File.WriteAllText(path, "newer"), Cancellation);
            return StorageFault.None;
        });

        var fetched = new RunCheckpoints(new PipelineStorage(faults.Intercept(account, maxRetries: 2)), run, folder["resumed"], CancellationToken.None).Fetch(Cancellation);

        Assert.Equal("newer", await File.ReadAllTextAsync(fetched!, Cancellation));
        Assert.Equal(midway ? 3 : 2, reads);
    }

    public void Dispose() => folder.Dispose();
}
