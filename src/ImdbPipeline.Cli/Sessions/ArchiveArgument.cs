using System.CommandLine;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>The argument for an archive or a folder of texts.</summary>
internal static class ArchiveArgument
{
    public static Argument<string> Argument() => new("archive")
    {
        Description = $"A file ({ArchiveFile.Extensions}) or a folder. Texts are read from [train|test/]label/*.txt or from a table with the columns text and label.",
    };
}
