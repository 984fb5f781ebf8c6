namespace ImdbPipeline.Core.Scoring;

/// <summary>The <c>scoring-shards</c> message: which shard of which plan to score.</summary>
public sealed record ScoringShard(string Plan, int Shard);
