using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb upload</c>: uploads archives to be ingested, or incoming files to be scored.</summary>
internal sealed class UploadCommand : ImdbCommand
{
    public UploadCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "upload", "Uploads archives to 'datasets' to be ingested, or with --incoming files to 'incoming' to be scored by the champion.",
            "imdb upload aclImdb_v1.tar.gz --wait", "imdb upload tickets.csv --task tickets --wait", "imdb upload texts.jsonl --incoming --wait")
    {
        var files = new Argument<string[]>("files")
        {
            Description = $"Archives ({ArchiveFile.Extensions}), or with --incoming files to score ({IncomingFormat.Extensions}). An existing file of the same name is replaced.",
            Arity = ArgumentArity.OneOrMore,
        };
        var incoming = new Option<bool>("--incoming") { Description = "Upload to 'incoming' for scoring." };
        var task = new TaskOption("The task of the data sets or files: uploads to its folder. Default: the default task, or one named after the dataset if its labels differ.");
        var preparation = new PreparationOptions();
        var wait = new Option<bool>("--wait") { Description = "Return when everything is ingested or scored." };
        Add(files);
        Add(incoming);
        Add(task);
        Add(wait);
        foreach (var option in preparation.All)
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var paths = Distinct(parsed.GetRequiredValue(files));
            if (parsed.GetValue(incoming) && preparation.FirstGiven(parsed) is { } option)
                throw new CommandFailedException(ExitCode.WrongUsage, $"{option}: expected archives, found --incoming. Leave out one of the two.");
            if (!parsed.GetValue(incoming) && paths.FirstOrDefault(StorageLayout.IsUploadSettings) is { } settings)
                throw new CommandFailedException(
                    ExitCode.WrongUsage, $"{settings}: expected an archive, found the settings of one. Upload {StorageLayout.ArchiveOf(settings)}: its settings are uploaded with it.");
            foreach (var path in paths)
                await BlobUpload.OpenFile(path).DisposeAsync();
            List<(string Path, PreparationSettings? Settings)> archives = parsed.GetValue(incoming) ? [] : [.. paths.Select(path => (path, preparation.Read(session, parsed, path)))];
            var services = await session.ConnectAsync(cancellationToken);
            return await Stage.RunAsync("imdb upload", _ => parsed.GetValue(incoming)
                ? new IncomingUpload(session, services).RunAsync(paths, parsed.GetValue(task), parsed.GetValue(wait), cancellationToken)
                : new ArchiveUpload(session, services).RunAsync(archives, parsed.GetValue(task), parsed.GetValue(wait), cancellationToken));
        });
    }

    private static string[] Distinct(string[] paths)
    {
        var duplicate = paths.GroupBy(Path.GetFileName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return duplicate is null
            ? paths
            : throw new CommandFailedException(
                ExitCode.WrongUsage, $"files: expected different names, found {duplicate.Count()} files named '{duplicate.Key}', which would overwrite each other. Rename one.");
    }
}
