using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>The argument for an archive or a folder of texts.</summary>
internal static class ArchiveArgument
{
    public static Argument<string> Argument() => new("archive")
    {
        Description = "A .tar.gz, .tgz, .tar, .zip, .csv[.gz] or .jsonl[.gz] file, or a folder. Texts are read from [train|test/]label/*.txt or from a table with the columns text and label.",
    };

    /// <exception cref="CommandFailedException">The path does not exist.</exception>
    /// <exception cref="Core.Foundation.InputRejectedException">The file type is not supported.</exception>
    public static ArchiveFile Open(string path) =>
        Path.Exists(path)
            ? ArchiveFile.Open(path)
            : throw new CommandFailedException(ExitCode.NotFound, $"{path}: expected an archive or a folder, found nothing. Check the path.");
}
