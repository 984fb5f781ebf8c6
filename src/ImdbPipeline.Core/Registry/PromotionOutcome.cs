namespace ImdbPipeline.Core.Registry;

/// <param name="Promoted">Whether the model was promoted, now or by an earlier delivery.</param>
/// <param name="Reason">The figures compared by the gate, human-readable.</param>
public sealed record PromotionOutcome(bool Promoted, string Reason);
