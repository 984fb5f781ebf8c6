using System.CommandLine;
using ImdbPipeline.Cli.Following;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb upload</c>: puts archives where they are ingested, or reviews where they are scored.</summary>
internal sealed class UploadCommand : ImdbCommand
{
    public UploadCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "upload", "Uploads archives to 'datasets', where they are ingested, or review files to 'incoming', where the champion scores them.",
            "imdb upload aclImdb_v1.tar.gz --wait", "imdb upload reviews.jsonl --incoming --wait")
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Archives (.tar.gz, .tgz, .tar, .zip, .csv[.gz], .jsonl[.gz]), or with --incoming review files. A file of the same name is replaced.",
            Arity = ArgumentArity.OneOrMore,
        };
        var incoming = new Option<bool>("--incoming") { Description = "Upload to 'incoming', to be scored." };
        var wait = new Option<bool>("--wait") { Description = "End when everything is ingested or scored." };
        Add(files);
        Add(incoming);
        Add(wait);
        Does(async (session, parsed, cancellationToken) =>
        {
            var paths = Distinct(parsed.GetRequiredValue(files));
            foreach (var path in paths)
                await BlobUpload.OpenFile(path).DisposeAsync();
            var services = await session.ConnectAsync(cancellationToken);
            return await Stage.RunAsync("imdb upload", _ => parsed.GetValue(incoming)
                ? new IncomingUpload(session, services).RunAsync(paths, parsed.GetValue(wait), cancellationToken)
                : new ArchiveUpload(session, services).RunAsync(paths, parsed.GetValue(wait), cancellationToken));
        });
    }

    private static string[] Distinct(string[] paths)
    {
        var twice = paths.GroupBy(Path.GetFileName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? paths
            : throw new CommandFailedException(
                ExitCode.WrongUsage, $"files: expected different names, found {twice.Count()} named '{twice.Key}', of which one would replace the other. Rename one.");
    }
}
