using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Downloads the scores of a file that the pipeline scored.</summary>
public sealed class StoredScores(Session session, IServiceProvider services)
{
    private readonly PipelineStorage storage = services.GetRequiredService<PipelineStorage>();

    /// <param name="file">The file's name in <c>incoming</c>.</param>
    /// <param name="output">The output file; null for stdout.</param>
    /// <exception cref="CommandFailedException">There are no scores.</exception>
    public async Task<ExitCode> DownloadAsync(string file, OutputFile? output, ScoreFormat format, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(format);
        var summary = await FindAsync(file, cancellationToken) ?? throw await MissingAsync(file, cancellationToken);
        if (summary.State != ScoreState.Scored)
            throw new CommandFailedException(ExitCode.Failed, $"{StorageLayout.Incoming}/{file}: scoring failed. {summary.Reason}");
        var labels = (await services.GetRequiredService<ModelRegistry>().FindAsync(summary.Model, cancellationToken))?.Labels ?? [];
        await using var scores = await OpenAsync(summary, cancellationToken);
        await using var source = format.IsTable ? await TryOpenSourceAsync(summary, cancellationToken) : null;
        if (format.IsTable && source is null)
            session.Note($"{StorageLayout.Incoming}/{file} was changed or deleted since it was scored, so its columns are missing.");
        var settings = source is null ? new IncomingSettings() : await IncomingSettings.ReadAsync(storage, file, cancellationToken);
        var originals = source is null ? null : IncomingRows.ReadOriginal(source, $"{StorageLayout.Incoming}/{file}", IncomingFormat.Of(file), new ScoringLimits(), settings.Columns());
        return await Task.Run(() => new ScoredRows(session, output, format, labels).Write(Join(summary, scores, originals, cancellationToken)), cancellationToken);
    }

    /// <returns>Null if the file is not scored yet.</returns>
    private async Task<ScoreSummary?> FindAsync(string file, CancellationToken cancellationToken) =>
        (await storage.Scores.ReadJsonAsync<ScoreSummary>(StorageLayout.ScoreSummary(file), cancellationToken))?.Value;

    private async Task<CommandFailedException> MissingAsync(string file, CancellationToken cancellationToken)
    {
        if (await storage.Incoming.FindETagAsync(file, cancellationToken) is not { } etag)
            return new CommandFailedException(ExitCode.NotFound, $"{StorageLayout.Incoming}/{file}: expected a file that was uploaded to be scored, found none. 'imdb status' lists the scored files.");
        return await storage.FindRejectionAsync(file, etag, cancellationToken) is { } rejection
            ? new CommandFailedException(ExitCode.InputRejected, rejection.Reason)
            : new CommandFailedException(ExitCode.NotFound, $"{StorageLayout.Incoming}/{file}: expected its scores, found none yet. 'imdb status' shows how far it is.");
    }

    private async Task<Stream> OpenAsync(ScoreSummary summary, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.Scores.GetBlobClient(summary.Scores).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"{StorageLayout.Scores}/{summary.Scores}: expected the scores, found none: they were deleted. Upload the file again.", e);
        }
    }

    /// <returns>The file as it was scored; null if it was changed or deleted.</returns>
    private async Task<Stream?> TryOpenSourceAsync(ScoreSummary summary, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobOpenReadOptions(allowModifications: false) { Conditions = new BlobRequestConditions { IfMatch = BlobETag.Quoted(summary.SourceETag) } };
            return await storage.Incoming.GetBlobClient(summary.File).OpenReadAsync(options, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
    }

    private static IEnumerable<ScoredRow> Join(ScoreSummary summary, Stream scores, IEnumerable<OriginalRow>? originals, CancellationToken cancellationToken)
    {
        using var sources = originals?.GetEnumerator();
        var rows = 0;
        foreach (var record in JsonSerializer.DeserializeAsyncEnumerable<ScoreRecord>(scores, topLevelValues: true, PipelineJson.Line, cancellationToken).ToBlockingEnumerable(cancellationToken))
        {
            rows++;
            var source = sources is not null && sources.MoveNext() ? sources.Current : null;
            if (record is null || (sources is not null && source?.Row.Row != record.Row))
                throw Mismatch($"row {source?.Row.Row.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} for record {rows}");
            yield return new ScoredRow(source, record);
        }
        if (rows != summary.Rows)
            throw Mismatch($"{rows}");

        InvalidDataException Mismatch(string found) =>
            new($"{StorageLayout.Scores}/{summary.Scores}: expected the {summary.Rows} rows of {summary.File}, found {found}. Upload the file again.");
    }
}
