using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Outputs;
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
            "imdb upload aclImdb_v1.tar.gz --wait", "imdb upload tickets.csv --task tickets --wait", "imdb upload texts.csv --incoming --wait --output scored.csv")
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
        var output = new Option<string?>("--output") { Description = "With --incoming --wait: download the scores to this file, as score records (.jsonl) or as a table with the original columns (.csv, .tsv).", HelpName = "file" };
        Add(files);
        Add(incoming);
        Add(task);
        Add(wait);
        Add(output);
        foreach (var option in preparation.All)
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var paths = Distinct(parsed.GetRequiredValue(files));
            if (parsed.GetValue(incoming) && preparation.FirstGiven(parsed) is { } option)
                throw new CommandFailedException(ExitCode.WrongUsage, $"{option}: expected archives, found --incoming. Leave out one of the two.");
            if (parsed.GetValue(output) is not null && (!parsed.GetValue(incoming) || !parsed.GetValue(wait) || paths.Length > 1))
                throw new CommandFailedException(ExitCode.WrongUsage, "--output: expected --incoming --wait and a single file, found something else. 'imdb download scores' downloads the scores of any file.");
            if (!parsed.GetValue(incoming) && paths.FirstOrDefault(StorageLayout.IsUploadSettings) is { } settings)
                throw new CommandFailedException(
                    ExitCode.WrongUsage, $"{settings}: expected an archive, found the settings of one. Upload {StorageLayout.ArchiveOf(settings)}: its settings are uploaded with it.");
            foreach (var path in paths)
                await BlobUpload.OpenFile(path).DisposeAsync();
            List<(string Path, PreparationSettings? Settings)> archives = parsed.GetValue(incoming) ? [] : [.. paths.Select(path => (path, preparation.Read(session, parsed, path)))];
            var (file, format) = ScoredRows.Open(parsed.GetValue(output), paths[0], new FileInfo(paths[0]).Length);
            using var closed = file;
            var services = await session.ConnectAsync(cancellationToken);
            return await Stage.RunAsync("imdb upload", _ => parsed.GetValue(incoming)
                ? ScoreAsync(session, services, paths, parsed.GetValue(task), parsed.GetValue(wait), file, format, cancellationToken)
                : new ArchiveUpload(session, services).RunAsync(archives, parsed.GetValue(task), parsed.GetValue(wait), cancellationToken));
        });
    }

    private static async Task<ExitCode> ScoreAsync(
        Session session, IServiceProvider services, string[] paths, string? task, bool wait, OutputFile? output, ScoreFormat format, CancellationToken cancellationToken)
    {
        var uploaded = await new IncomingUpload(session, services).RunAsync(paths, task, wait, cancellationToken);
        return output is null ? uploaded : await new StoredScores(session, services).DownloadAsync(BlobUpload.NameOf(paths[0], task), output, format, cancellationToken);
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
