namespace ImdbPipeline.Core.Foundation;

/// <summary>An input that no retry can fix: a bad archive, message, option or setting.</summary>
/// <remarks>The exception message says what was expected, what was found and how to fix it.</remarks>
public sealed class InputRejectedException(
    ErrorRule rule, string subject, string expected, string found, string remedy, Exception? inner = null)
    : Exception($"{subject}: expected {expected}, found {found.TrimEnd('.')}. {remedy}", inner)
{
    /// <summary>Stable kebab-case id of the broken rule, such as <c>gzip-truncated</c>.</summary>
    public string Rule { get; } = rule.Id;

    public ErrorKind Kind { get; } = rule.Kind;
}
