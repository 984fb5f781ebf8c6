using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Runs;

/// <summary>Stores the records of training runs; a record is created once and then changed only by compare-and-swap.</summary>
public sealed class RunStore(PipelineStorage storage)
{
    /// <returns>False if the run already exists; it is then left unchanged.</returns>
    public async Task<bool> CreateAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var created = await storage.Runs.CreateJsonAsync(StorageLayout.Run(run.Run), run, cancellationToken);
        if (created && run.State.IsFinal())
            PipelineTelemetry.CountRun(run.State);
        return created;
    }

    /// <returns>The run, or null if it does not exist.</returns>
    public async Task<RunRecord?> FindAsync(string run, CancellationToken cancellationToken) =>
        (await storage.Runs.ReadJsonAsync<RunRecord>(StorageLayout.Run(run), cancellationToken))?.Value;

    /// <summary>Moves a run to another state, or to the same one again when a killed job is restarted.</summary>
    /// <param name="change">
    /// Changes other fields; the state is set afterwards. Called again with the newest record if another writer was faster; may
    /// throw if that record shows that another trainer has taken over (a higher <see cref="RunRecord.Attempts"/>).
    /// </param>
    /// <returns>The record as written.</returns>
    /// <exception cref="RunTransitionException">The current state does not allow the transition.</exception>
    /// <exception cref="InputRejectedException">The run does not exist.</exception>
    public async Task<RunRecord> TransitionAsync(
        string run, RunState to, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(run, read => read.State.MayBecome(to) ? change(read) with { State = to } : throw new RunTransitionException(run, read.State, to), cancellationToken);
        if (to.IsFinal())
            PipelineTelemetry.CountRun(to);
        return changed;
    }

    /// <summary>Changes fields of a run that has not ended, but not its state.</summary>
    /// <param name="change">As in <see cref="TransitionAsync"/>.</param>
    /// <returns>The record as written.</returns>
    /// <exception cref="RunTransitionException">The run has ended.</exception>
    /// <exception cref="InputRejectedException">The run does not exist.</exception>
    public Task<RunRecord> UpdateAsync(string run, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(run, read => read.State.IsFinal() ? throw new RunTransitionException(run, read.State, read.State) : change(read) with { State = read.State }, cancellationToken);

    /// <summary>The newest runs, newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int max, CancellationToken cancellationToken, Action<InvalidDataException>? damaged = null)
    {
        var records = new List<RunRecord>();
        foreach (var run in await ListNamesAsync(max, cancellationToken))
        {
            try
            {
                if (await FindAsync(run, cancellationToken) is { } record)
                    records.Add(record);
            }
            catch (InvalidDataException e) when (damaged is not null)
            {
                damaged(e);
            }
        }
        return records;
    }

    /// <summary>The names of the newest runs, newest first. Names start with the time, so blobs are listed in the order of the runs.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(int max, CancellationToken cancellationToken)
    {
        var newest = new Queue<string>(max + 1);
        var folders = storage.Runs.GetBlobsByHierarchyAsync(
            new GetBlobsByHierarchyOptions { Delimiter = "/" }, cancellationToken);
        await foreach (var folder in folders)
        {
            // Names starting with an underscore are reserved for the pipeline.
            if (!folder.IsPrefix || folder.Prefix.StartsWith('_'))
                continue;
            newest.Enqueue(folder.Prefix.TrimEnd('/'));
            if (newest.Count > max)
                newest.Dequeue();
        }
        return [.. newest.Reverse()];
    }

    /// <summary>The run's metrics in order; empty if nothing has been logged yet.</summary>
    public async IAsyncEnumerable<MetricsLine> ReadMetricsAsync(string run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream stream;
        try
        {
            stream = await storage.Runs.GetBlobClient(StorageLayout.RunMetrics(run)).OpenReadAsync(new BlobOpenReadOptions(allowModifications: true), cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            yield break;
        }
        await using (stream)
        {
            await foreach (var line in JsonSerializer.DeserializeAsyncEnumerable<MetricsLine>(
                stream, topLevelValues: true, PipelineJson.Line, cancellationToken))
            {
                if (line is not null)
                    yield return line;
            }
        }
    }

    private Task<RunRecord> ChangeAsync(string run, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken) =>
        StorageResilience.CompareAndSwapAsync<RunRecord>(
            $"run {run}",
            async token =>
            {
                var (read, etag) = await storage.Runs.ReadJsonAsync<RunRecord>(StorageLayout.Run(run), token)
                    ?? throw new InputRejectedException(ErrorRules.RunUnknown, $"run {run}", "an existing run", "none with that name", "Check the status for existing runs.");
                var next = change(read) with { Run = run };
                return await storage.Runs.WriteJsonAsync(StorageLayout.Run(run), next, etag, token) ? Swap.Done(next) : Swap.Lost<RunRecord>();
            },
            cancellationToken);
}
