using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Why a row cannot be used, or why the table cannot be read any further.</summary>
/// <param name="Rule">The rule broken by a dataset, which is rejected as a whole.</param>
/// <param name="IncomingRule">The rule broken by an incoming file that is rejected as a whole; null if only this row is bad.</param>
/// <param name="Place">The row or line; null for the whole table.</param>
internal sealed record RowError(
    ErrorRule Rule, ErrorRule? IncomingRule, string Expected, string Found, string Remedy, string? Place = null, Exception? Inner = null);
