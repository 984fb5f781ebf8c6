using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;

namespace ImdbPipeline.Core.Training;

/// <summary>The records of training runs: created once, then changed only from the state that was read.</summary>
public sealed class RunStore(PipelineStorage storage)
{
    /// <returns>False where the run exists already; nothing is changed then.</returns>
    public async Task<bool> CreateAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var created = await storage.Runs.CreateJsonAsync(StorageLayout.Run(run.Run), run, cancellationToken);
        if (created && run.State.IsFinal())
            PipelineTelemetry.CountRun(run.State);
        return created;
    }

    /// <returns>The run, or null where there is none of that name.</returns>
    public async Task<RunRecord?> FindAsync(string run, CancellationToken cancellationToken) =>
        (await storage.Runs.ReadJsonAsync<RunRecord>(StorageLayout.Run(run), cancellationToken))?.Value;

    /// <summary>Moves a run to another state (or to the same one again, where a killed job is taken anew).</summary>
    /// <param name="change">
    /// Changes other fields; the state is set after it. Called again with the newest record when another writer was faster,
    /// so it may throw where that record shows that this writer is no longer the one (a higher <see cref="RunRecord.Attempts"/>).
    /// </param>
    /// <returns>The record as written.</returns>
    /// <exception cref="RunTransitionException">The present state does not allow it.</exception>
    /// <exception cref="InputRejectedException">There is no such run.</exception>
    public async Task<RunRecord> TransitionAsync(
        string run, RunState to, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(
            run,
            read => read.State.MayBecome(to) ? change(read) with { Run = run, State = to } : throw new RunTransitionException(run, read.State, to),
            cancellationToken);
        if (to.IsFinal())
            PipelineTelemetry.CountRun(to);
        return changed;
    }

    /// <summary>Changes a run's fields within its state: progress, for instance.</summary>
    /// <exception cref="RunTransitionException">The run is finished.</exception>
    /// <exception cref="InputRejectedException">There is no such run.</exception>
    public Task<RunRecord> UpdateAsync(string run, Func<RunRecord, RunRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            run,
            read => read.State.IsFinal() ? throw new RunTransitionException(run, read.State, read.State) : change(read) with { Run = run, State = read.State },
            cancellationToken);

    /// <summary>The newest runs, newest first: run names begin with their time, so the listing's order is the runs'.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int most, CancellationToken cancellationToken)
    {
        var newest = new Queue<string>(most + 1);
        var folders = storage.Runs.GetBlobsByHierarchyAsync(
            new GetBlobsByHierarchyOptions { Delimiter = "/" }, cancellationToken);
        await foreach (var folder in folders)
        {
            // Names beginning with an underscore are the pipeline's own.
            if (!folder.IsPrefix || folder.Prefix.StartsWith('_'))
                continue;
            newest.Enqueue(folder.Prefix.TrimEnd('/'));
            if (newest.Count > most)
                newest.Dequeue();
        }
        var runs = new List<RunRecord>(newest.Count);
        foreach (var run in newest.Reverse())
        {
            if (await FindAsync(run, cancellationToken) is { } record)
                runs.Add(record);
        }
        return runs;
    }

    /// <summary>The lines of the run's metrics in order; none where the run has not logged yet.</summary>
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
                    ?? throw new InputRejectedException("run-unknown", $"run {run}", "a recorded run", "none of that name", "List the runs with the status.");
                var changed = change(read);
                return await storage.Runs.ReplaceJsonAsync(StorageLayout.Run(run), changed, etag, token)
                    ? Swap.Done(changed)
                    : Swap.Lost<RunRecord>();
            },
            cancellationToken);
}
