using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Says why something that was requested has not happened yet.</summary>
public sealed class WaitReasons(IServiceProvider services)
{
    private const int RecentRuns = 20;

    /// <returns>Why an uploaded archive is not ingested yet; empty if nothing is unusual.</returns>
    public async Task<string> OfArchiveAsync(CancellationToken cancellationToken) => await OfHostAsync(cancellationToken) ?? "";

    /// <param name="file">The file's name in <c>incoming</c>.</param>
    /// <returns>Why it is not scored yet; empty if nothing is unusual.</returns>
    public async Task<string> OfIncomingAsync(string file, CancellationToken cancellationToken)
    {
        if (await OfHostAsync(cancellationToken) is { } reason)
            return reason;
        var task = await services.GetRequiredService<TaskStore>().OfIncomingAsync(file, cancellationToken);
        var champion = await services.GetRequiredService<ModelRegistry>().ReadChampionAsync(task, cancellationToken);
        return champion.Model is null ? $"task {task} has no champion yet; train one with 'imdb retrain --task {task}'" : "";
    }

    /// <returns>Why a run has not begun yet; empty if nothing is unusual.</returns>
    public async Task<string> OfRunAsync(string run, CancellationToken cancellationToken)
    {
        if (await OfHostAsync(cancellationToken) is { } reason)
            return reason;
        var others = (await services.GetRequiredService<RunStore>().ListAsync(RecentRuns, cancellationToken)).Where(other => other.Run != run).ToList();
        var ahead = others.Count(other => other.State == RunState.Queued && string.CompareOrdinal(other.Run, run) < 0);
        if (others.Find(other => other.State is RunState.Training or RunState.Evaluating) is { } current)
            return $"run {current.Run} is {$"{current.State}".ToLowerInvariant()}{(ahead > 0 ? $", {ahead} more ahead in the queue" : "")}";
        return ahead > 0 ? $"{ahead} ahead in the queue" : "";
    }

    /// <returns>What keeps everything waiting; null for nothing.</returns>
    private async Task<string?> OfHostAsync(CancellationToken cancellationToken)
    {
        var hosts = await services.GetRequiredService<HostStore>().ListAsync(cancellationToken);
        if (hosts.SelectMany(host => host.Problems).FirstOrDefault() is { } problem)
            return problem;
        // In Azure the Functions app does the work, and is stopped while there is none.
        return hosts.Count == 0 && services.GetRequiredService<PipelineStorage>().Address.IsLoopback ? "no 'imdb up' is running on this storage; start it in another terminal" : null;
    }
}
