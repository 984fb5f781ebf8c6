using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Registry;

/// <summary>Options of the promotion gate.</summary>
public sealed record PromotionOptions
{
    /// <summary>A model that was validated on fewer texts never replaces a champion automatically.</summary>
    [Setting("MinValidationTexts", "a whole number from 0 to 1000000"), Range(0, 1_000_000)]
    public int MinValidationTexts { get; init; } = 100;
}
