using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Core.Tests.Operations;

/// <summary>During an upgrade, old and new versions may read each other's messages.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public void A_training_job_with_unknown_properties_is_accepted() =>
        Assert.Equal("20260101-000000-aa", TrainingJob.Parse("""{"run": "20260101-000000-aa", "addedLater": {"x": 1}}""").Run);

    [Fact]
    public void A_shard_message_with_unknown_properties_is_accepted()
    {
        var shard = ScoringShard.Parse("""{"plan": "0123456789abcdef", "shard": 3, "addedLater": [1]}""");
        Assert.Equal(("0123456789abcdef", 3), (shard.Plan, shard.Shard));
    }
}
