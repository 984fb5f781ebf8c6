
namespace ImdbPipeline.Core.Uploads;

/// <summary><c>scores/{file}.rejected.json</c>: why an incoming file was rejected.</summary>
/// <param name="File">Blob name in <c>incoming</c>.</param>
/// <param name="ETag">ETag of the rejected content, which is rejected again without being read.</param>
/// <param name="Rule">Id of the violated rule.</param>
/// <param name="Reason">What was expected, what was found and what to do.</param>
/// <param name="At">Time of the rejection.</param>
public sealed record IncomingRejection(string File, string ETag, string Rule, string Reason, DateTimeOffset At);
