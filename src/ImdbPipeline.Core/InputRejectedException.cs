namespace ImdbPipeline.Core;

/// <summary>
/// An input that will never become good by trying again: an archive, a message, an option, a setting.
/// The message says what was expected, what was found and what to do.
/// </summary>
public sealed class InputRejectedException(
    string rule, string subject, string expected, string found, string remedy, Exception? inner = null)
    : Exception($"{subject}: expected {expected}, found {found}. {remedy}", inner)
{
    /// <summary>A short kebab-case name of the rule that was broken, stable across versions: <c>gzip-truncated</c>.</summary>
    public string Rule { get; } = rule;

    /// <summary>What was refused: a file, a member of an archive, an option.</summary>
    public string Subject { get; } = subject;
}
