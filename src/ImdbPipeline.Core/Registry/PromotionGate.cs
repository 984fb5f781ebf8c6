namespace ImdbPipeline.Core.Registry;

/// <summary>
/// Decides whether a model may take the champion's place by itself. It needs at least the champion's validation
/// accuracy; at equal accuracy the newer model wins. Where the two were measured on different data sets the same bar
/// holds, for want of a common one: a lower figure never replaces a higher one without a person who pins it.
/// </summary>
public static class PromotionGate
{
    /// <param name="challenger">The model that would be champion.</param>
    /// <param name="champion">The present champion; null where there is none, or its model was deleted.</param>
    /// <param name="aboveBaseline">Whether the challenger must also be at least as accurate as its own linear baseline.</param>
    public static GateVerdict Judge(ModelManifest challenger, ModelManifest? champion, bool aboveBaseline)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        if (challenger.ValidationAccuracy is not { } found || !double.IsFinite(found))
            return new GateVerdict(false, "the model has no validation accuracy");
        if (aboveBaseline && WorseThanLinear(challenger) is { } reason)
            return new GateVerdict(false, reason);
        if (champion is null)
            return new GateVerdict(true, $"validation accuracy {found:0.0000}; there was no champion");
        if (champion.ValidationAccuracy is not { } bar || !double.IsFinite(bar))
            return new GateVerdict(true, $"validation accuracy {found:0.0000}; champion {champion.Version} has none");

        var comparison = $"validation accuracy {found:0.0000} against {bar:0.0000} of champion {champion.Version}"
            + (challenger.Dataset == champion.Dataset ? "" : $", measured on different data sets ({challenger.Dataset} and {champion.Dataset})");
        return found > bar || (found == bar && challenger.CreatedAt > champion.CreatedAt)
            ? new GateVerdict(true, comparison)
            : new GateVerdict(false, comparison);
    }

    private static string? WorseThanLinear(ModelManifest challenger) =>
        challenger.BaselineValidationAccuracy is { } bar && double.IsFinite(bar)
            ? BelowBaseline.Of(challenger.Metrics)
            : "the model has no linear baseline to be compared with";
}

/// <param name="Passed">Whether the challenger may become champion.</param>
/// <param name="Reason">The figures behind it, for people.</param>
public sealed record GateVerdict(bool Passed, string Reason);
