namespace ImdbPipeline.Core.Scoring;

/// <summary>The usual names of the columns of a file of reviews, the most telling first; case does not matter.</summary>
internal static class IncomingColumns
{
    public static IReadOnlyList<string> Text { get; } = ["text", "review", "content", "comment", "body", "sentence"];

    public static IReadOnlyList<string> Id { get; } = ["id", "review_id", "reviewId"];
}
