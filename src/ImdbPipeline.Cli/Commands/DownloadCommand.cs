using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Outputs;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.ModelFolders;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb download</c>: copies results from storage to this machine.</summary>
internal sealed class DownloadCommand : ImdbCommand
{
    public DownloadCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "download", "Downloads scores or a model from storage.", "imdb download scores texts.csv --output scored.csv", "imdb download model tickets --output tickets-model")
    {
        Add(new ScoresCommand(terminal, globals));
        Add(new ModelCommand(terminal, globals));
    }

    private sealed class ScoresCommand : ImdbCommand
    {
        public ScoresCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "scores", "Downloads the scores of a file that was uploaded with 'imdb upload --incoming'.",
                "imdb download scores texts.csv --output scored.csv", "imdb download scores texts.csv --task tickets > scores.jsonl")
        {
            var file = new Argument<string>("file") { Description = "The name of the uploaded file, such as texts.csv." };
            var task = new TaskOption("The task that the file was uploaded for. Default: default.");
            var output = new ScoreOutputOption();
            Add(file);
            Add(task);
            Add(output);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var name = parsed.GetRequiredValue(file);
                var blob = parsed.GetValue(task) is { } folder && !name.StartsWith(folder + "/", StringComparison.Ordinal) ? $"{folder}/{name}" : name;
                IncomingFormat.Of(blob);
                var (target, format) = ScoredRows.Open(parsed.GetValue(output), input: null, bytes: 0);
                using (target)
                    return await new StoredScores(session, await session.ConnectAsync(cancellationToken)).DownloadAsync(blob, target, format, cancellationToken);
            });
        }
    }

    private sealed class ModelCommand : ImdbCommand
    {
        public ModelCommand(Terminal terminal, GlobalOptions globals)
            : base(terminal, globals, "model", "Downloads a published model as a model folder, which Hugging Face Transformers can load too.",
                "imdb download model tickets --output tickets-model", "imdb download model minilm-0123456789abcdef --output model")
        {
            var model = new Argument<string>("model") { Description = "A version from 'imdb models list', or a task for its champion." };
            var output = new Option<string>("--output") { Description = "The model folder to write. A model that is there already is replaced.", HelpName = "folder", Required = true };
            Add(model);
            Add(output);
            SetHandler(async (session, parsed, cancellationToken) =>
            {
                var folder = parsed.GetRequiredValue(output);
                ModelFolderWriter.EnsureWritable(folder);
                var services = await session.ConnectAsync(cancellationToken);
                var manifest = await PublishedModel.FindAsync(services, parsed.GetRequiredValue(model), cancellationToken);
                using (session.Progress($"Downloading {manifest.Version}", total: null, Quantity.Count))
                    ModelFolderWriter.Copy(await services.GetRequiredService<StoredModels>().GetPublishedAsync(manifest.Version, cancellationToken), folder);
                if (session.Json)
                    session.PrintJson(new { model = manifest.Version, output = folder });
                session.Say($"Wrote {manifest.Version} to {folder}. Score with it: {CommandPrefix.Prefix()} score \"…\" --model {folder}");
                return ExitCode.Ok;
            });
        }
    }
}
