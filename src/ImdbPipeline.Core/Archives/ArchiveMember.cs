namespace ImdbPipeline.Core.Archives;

/// <summary>A file in an archive. What is not read of it is read, and verified, when the next member is asked for.</summary>
/// <param name="Name">Its path, with <c>/</c>, from the archive's root.</param>
/// <param name="Content">Valid until the next member.</param>
internal sealed record ArchiveMember(string Name, Stream Content);
