namespace ImdbPipeline.Core.Archives;

/// <summary>A text as found in the archive; its group is only resolved once the whole archive is read, see <see cref="SourceLayout"/>.</summary>
/// <param name="Id">The member's path, or the id of the table row; null if the row has none.</param>
/// <param name="Group">Index into <see cref="SourceLayout.Groups"/>.</param>
/// <param name="Rating">1 to 10 stars.</param>
/// <param name="Number">The number in the file name, used by movie lists, or the number of the table row.</param>
public readonly record struct RawText(string? Id, string Text, int Group, int? Rating, int? Number, string? Movie);
