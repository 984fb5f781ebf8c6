using ImdbPipeline.Cli.Following;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Cli.Commands;

/// <summary>Archives prepared into a temporary folder, which is deleted with this.</summary>
internal sealed class PreparedArchives(Session session) : IDisposable
{
    private readonly Scratch scratch = Scratch.InTemp("imdb-train");
    private readonly HashSet<string> versions = new(StringComparer.Ordinal);

    /// <exception cref="InputRejectedException">The archive is damaged, or its reviews are those of one before it.</exception>
    public async Task<LocalDataset> PrepareAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        var place = Path.Combine(scratch.Path, $"{versions.Count}");
        using (var progress = new PreparationWatch(session))
            await new DatasetPreparation(session.Terminal.Clock)
                .PrepareAsync(archive, new FolderDatasetSink(place), new PreparationSettings(), progress, cancellationToken);
        var dataset = await LocalDataset.OpenAsync(place, cancellationToken);
        return versions.Add(dataset.Manifest.Version)
            ? dataset
            : throw new InputRejectedException(
                "archive-repeated", $"archive {archive.Name}", "other reviews than the archives before it have", "the same", "Name every archive once.");
    }

    public void Dispose() => scratch.Dispose();
}
