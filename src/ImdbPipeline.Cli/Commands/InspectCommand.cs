using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>imdb inspect</c>: reports what ingesting an archive would find.</summary>
internal sealed class InspectCommand : ImdbCommand
{
    public InspectCommand(Terminal terminal, GlobalOptions globals)
        : base(terminal, globals, "inspect", "Shows what an archive contains, or why it would be rejected. Needs no storage and changes nothing.",
            "imdb inspect aclImdb_v1.tar.gz", "imdb inspect texts.csv --json")
    {
        var archive = ArchiveArgument.Argument();
        var preparation = new PreparationOptions();
        Add(archive);
        foreach (var option in preparation.All)
            Add(option);
        SetHandler(async (session, parsed, cancellationToken) =>
        {
            var file = ArchiveFile.Open(parsed.GetRequiredValue(archive));
            var settings = preparation.Read(session, parsed, parsed.GetRequiredValue(archive)) ?? new PreparationSettings();
            DataReport report;
            using (var progress = new PreparationWatch(session))
                report = await new DatasetPreparation(session.Terminal.TimeProvider, session.ArchiveLimits)
                    .InspectAsync(file, settings, progress, cancellationToken);
            return session.Print(report, page => ReportScreen.Show(page, file.Name, report));
        });
    }
}
