namespace ImdbPipeline.Core.Scoring;

/// <summary><c>scores/{file}.rejected.json</c>: why one content of an incoming file was refused.</summary>
/// <param name="File">The blob's name in <c>incoming</c>.</param>
/// <param name="ETag">Of the refused content: the same content is refused again without being read.</param>
/// <param name="Rule">The rule that was broken.</param>
/// <param name="Reason">What was expected, what was found, what to do.</param>
/// <param name="At">When.</param>
public sealed record IncomingRejection(string File, string ETag, string Rule, string Reason, DateTimeOffset At);
