namespace ImdbPipeline.Core.Registry;

/// <param name="Promoted">Whether the promotion is in the champion's history: made now, or by an earlier delivery.</param>
/// <param name="Reason">The gate's figures, for people and the run's record.</param>
/// <param name="Champion">The registry after it.</param>
public sealed record PromotionOutcome(bool Promoted, string Reason, Champion Champion);
