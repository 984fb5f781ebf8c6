namespace ImdbPipeline.Core.Datasets;

/// <summary>One row of a prepared data set.</summary>
/// <param name="Id">Unique in the data set: the member's path for archives (<c>train/pos/0_9.txt</c>), the row for tables.</param>
/// <param name="Text">The cleaned text.</param>
/// <param name="Label">Index into <see cref="DatasetManifest.Labels"/>; null for unlabelled reviews.</param>
/// <param name="Rating">1 to 10 stars, where the source tells.</param>
/// <param name="Movie">What the review is about, where the source tells; no movie is on both sides of the validation split.</param>
/// <param name="Split">Which part of the data set the review belongs to.</param>
/// <param name="TokenIds">Word pieces of the data set's own vocabulary with <c>[CLS]</c> and <c>[SEP]</c>, not truncated.</param>
public sealed record PreparedReview(
    string Id, string Text, int? Label, int? Rating, string? Movie, Split Split, int[] TokenIds);
