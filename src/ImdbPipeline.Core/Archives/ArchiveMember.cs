namespace ImdbPipeline.Core.Archives;

/// <summary>A file in an archive; unread content is drained and verified before the next member is returned.</summary>
/// <param name="Name">Path from the archive's root, separated by <c>/</c>.</param>
/// <param name="Content">Valid until the next member is requested.</param>
internal sealed record ArchiveMember(string Name, Stream Content);
