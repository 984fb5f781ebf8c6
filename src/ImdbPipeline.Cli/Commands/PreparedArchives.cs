using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Cli.Watching;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Cli.Commands;

/// <summary>Prepares archives in a temporary folder, which is deleted on dispose.</summary>
internal sealed class PreparedArchives(Session session) : IDisposable
{
    private readonly TempPath folder = TempPath.CreateInTempFolder("imdb-train");
    private readonly HashSet<string> versions = new(StringComparer.Ordinal);

    /// <exception cref="InputRejectedException">The archive is damaged, or has the same texts as an earlier one.</exception>
    public async Task<LocalDataset> PrepareAsync(ArchiveFile archive, PreparationSettings settings, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder.Path, $"{versions.Count}");
        using (var progress = new PreparationWatch(session))
            await new DatasetPreparation(session.Terminal.TimeProvider, session.ArchiveLimits)
                .PrepareAsync(archive, new FolderDatasetSink(target), settings, progress, cancellationToken);
        var dataset = await LocalDataset.OpenAsync(target, cancellationToken);
        foreach (var note in ReportScreen.Notes(dataset.Manifest.Report))
            session.Note(note);
        return versions.Add(dataset.Manifest.Version)
            ? dataset
            : throw new InputRejectedException(
                ErrorRules.ArchiveRepeated, $"archive {archive.Name}", "texts that differ from the other archives", "the same texts", "Name each archive only once.");
    }

    public void Dispose() => folder.Dispose();
}
