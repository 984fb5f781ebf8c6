using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Core.Tests.Operations;

/// <summary>While a new version takes over, each may be handed what the other wrote.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public void Training_job_of_a_newer_host_is_carried_out() =>
        Assert.Equal("20260101-000000-aa", TrainingJob.Parse("""{"run": "20260101-000000-aa", "addedLater": {"x": 1}}""").Run);

    [Fact]
    public void Shard_of_a_newer_host_is_scored()
    {
        var shard = ScoringShard.Parse("""{"plan": "0123456789abcdef", "shard": 3, "addedLater": [1]}""");
        Assert.Equal(("0123456789abcdef", 3), (shard.Plan, shard.Shard));
    }
}
