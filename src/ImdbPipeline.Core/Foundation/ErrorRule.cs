namespace ImdbPipeline.Core.Foundation;

/// <summary>One reason for rejecting input.</summary>
/// <param name="Id">Stable kebab-case id, such as <c>gzip-truncated</c>.</param>
/// <param name="Area">Heading in <c>docs/errors.md</c>.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Kind">Decides the exit code of the command line.</param>
public sealed record ErrorRule(string Id, string Area, string Meaning, ErrorKind Kind = ErrorKind.InputRejected);

public enum ErrorKind
{
    InputRejected,
    NotFound,
    StorageUnreachable,
    WrongUsage,
}
