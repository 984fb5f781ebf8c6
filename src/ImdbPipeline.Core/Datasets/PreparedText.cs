namespace ImdbPipeline.Core.Datasets;

/// <summary>A row of a prepared dataset.</summary>
/// <param name="Id">Unique in the dataset: the member's path (<c>train/pos/0_9.txt</c>), or the id or number of a table row.</param>
/// <param name="Text">The cleaned text.</param>
/// <param name="Label">Index into <see cref="DatasetManifest.Labels"/>; null for unlabelled texts.</param>
/// <param name="Rating">1 to 10 stars; null if the source has none.</param>
/// <param name="Movie">The movie the text is about, if known; no movie is on both sides of a validation split by movie.</param>
/// <param name="Split">The split that the text belongs to.</param>
/// <param name="TokenIds">Token ids in the dataset's vocabulary, with <c>[CLS]</c> and <c>[SEP]</c>, not truncated.</param>
public sealed record PreparedText(
    string Id, string Text, int? Label, int? Rating, string? Movie, Split Split, int[] TokenIds);
