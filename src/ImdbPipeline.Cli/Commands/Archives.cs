using System.CommandLine;
using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Cli.Commands;

/// <summary>The argument that names an archive or a folder of reviews.</summary>
internal static class Archives
{
    public static Argument<string> Argument() => new("archive")
    {
        Description = "A .tar.gz, .tgz, .tar, .zip, .csv[.gz] or .jsonl[.gz] file, or a folder: [train|test/]label/*.txt, or a table with the columns text and label.",
    };

    /// <exception cref="CommandFailedException">There is nothing of that name.</exception>
    /// <exception cref="Core.InputRejectedException">It is of no known kind.</exception>
    public static ArchiveFile Open(string path) =>
        Path.Exists(path)
            ? ArchiveFile.Open(path)
            : throw new CommandFailedException(ExitCode.NotFound, $"{path}: expected an archive or a folder, found nothing there. Look at the path.");
}
