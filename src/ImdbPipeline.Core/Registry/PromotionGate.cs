namespace ImdbPipeline.Core.Registry;

/// <summary>
/// Decides whether a model is promoted automatically. It needs at least the champion's validation accuracy; at equal
/// accuracy the newer model wins. The same rule applies if the two were measured on different datasets: only a person who
/// pins a model can replace a higher accuracy with a lower one, or a champion with a model that was validated on a few texts.
/// </summary>
public static class PromotionGate
{
    /// <param name="challenger">The model to promote.</param>
    /// <param name="champion">The current champion; null if there is none or its model was deleted.</param>
    /// <param name="aboveBaseline">Whether the challenger must also be at least as accurate as its linear baseline.</param>
    /// <param name="options">The bar for challengers.</param>
    public static GateVerdict Judge(ModelManifest challenger, ModelManifest? champion, bool aboveBaseline, PromotionOptions options)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        ArgumentNullException.ThrowIfNull(options);
        if (challenger.ValidationAccuracy is not { } accuracy || !double.IsFinite(accuracy))
            return new GateVerdict(false, "the model has no validation accuracy");
        if (aboveBaseline && FindBaselineFailure(challenger) is { } reason)
            return new GateVerdict(false, reason);
        if (champion is null)
            return new GateVerdict(true, WithShortfall($"validation accuracy {accuracy:0.0000}; there was no champion", challenger));
        if (challenger.ValidationTexts is { } texts && texts < options.MinValidationTexts)
            return new GateVerdict(false, $"validated on only {texts} texts; to replace a champion, expected at least {options.MinValidationTexts} (setting MinValidationTexts)");
        if (champion.ValidationAccuracy is not { } bar || !double.IsFinite(bar))
            return new GateVerdict(true, WithShortfall($"validation accuracy {accuracy:0.0000}; champion {champion.Version} has none", challenger));

        var comparison = $"validation accuracy {accuracy:0.0000} vs. {bar:0.0000} for champion {champion.Version}"
            + (challenger.Dataset == champion.Dataset ? "" : $", measured on different datasets ({challenger.Dataset} and {champion.Dataset})");
        return accuracy > bar || (accuracy == bar && challenger.CreatedAt > champion.CreatedAt)
            ? new GateVerdict(true, WithShortfall(comparison, challenger))
            : new GateVerdict(false, comparison);
    }

    // The first champion may be worse than its baseline; whoever reads why it became champion should see that.
    private static string WithShortfall(string reason, ModelManifest challenger) =>
        BaselineComparison.DescribeShortfall(challenger.Metrics) is { } shortfall ? $"{reason}; {shortfall}" : reason;

    private static string? FindBaselineFailure(ModelManifest challenger) =>
        challenger.BaselineValidationAccuracy is { } bar && double.IsFinite(bar)
            ? BaselineComparison.DescribeShortfall(challenger.Metrics)
            : "the model has no linear baseline to compare with";
}

/// <param name="Passed">Whether the challenger may become champion.</param>
/// <param name="Reason">The compared figures, human-readable.</param>
public sealed record GateVerdict(bool Passed, string Reason);
