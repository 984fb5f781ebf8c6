namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/{dataset}/rejected.json</c>: why the last archive with this name was rejected; deleted when a valid one is ingested.</summary>
/// <param name="Rule">The broken rule.</param>
/// <param name="Reason">Human-readable: what was expected, what was found and what to do.</param>
public sealed record ArchiveRejection(string Archive, string ETag, string Rule, string Reason, DateTimeOffset At);
