namespace ImdbPipeline.Core.Archives;

/// <summary>A review as the archive has it. What its group means is known when the whole archive was read, see <see cref="SourceLayout"/>.</summary>
/// <param name="Id">The member's path, or what the table says, or the row's number.</param>
/// <param name="Group">Index into <see cref="SourceLayout.Groups"/>.</param>
/// <param name="Rating">1 to 10 stars.</param>
/// <param name="Number">The number in the file's name, by which the movie lists refer to it.</param>
public readonly record struct RawReview(string Id, string Text, int Group, int? Rating, int? Number, string? Movie);
