namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/{dataset}/rejected.json</c>: why the archive uploaded last under this name was refused; gone when a good one follows.</summary>
/// <param name="Rule">The rule it broke.</param>
/// <param name="Reason">For people: what was expected, what was found, what to do.</param>
public sealed record ArchiveRejection(string Archive, string ETag, string Rule, string Reason, DateTimeOffset At);
