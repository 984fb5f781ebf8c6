using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>
/// Loads published models and keeps the two most recently used: shards of the previous champion may still be scored after a
/// promotion. Concurrent callers share one load.
/// </summary>
public sealed partial class ScorerProvider(StoredModels models, ScoringOptions options, ILogger<ScorerProvider> log) : IScorerProvider, IAsyncDisposable, IDisposable
{
    private const int MaxLoaded = 2;

    private readonly Lock gate = new();

    // Most recently used first. Removed scorers are not disposed: they may still be in use.
    private readonly LinkedList<LoadedScorer> recent = new();

    private readonly CancellationTokenSource ending = new();

    // Loads in progress, also those that nobody waits for any longer.
    private readonly HashSet<Task> loads = [];

    public Task<ITextScorer> GetAsync(string model, ScoringPrecision? precision, CancellationToken cancellationToken)
    {
        Task<ITextScorer> scorer;
        lock (gate)
        {
            var known = Find(model, precision);
            if (known is not null)
                recent.Remove(known);
            // Retry a failed load.
            var reusable = known is { Value.Scorer: { IsFaulted: false, IsCanceled: false } };
            scorer = reusable ? known!.Value.Scorer : StartLoad(model, precision);
            recent.AddFirst(new LoadedScorer(model, precision, scorer));
            while (recent.Count > MaxLoaded)
                recent.RemoveLast();
        }

        // Cancelling one caller must not cancel the load for others.
        return scorer.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for loads in progress: a process that exits while native code is running crashes.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        Task[] running;
        lock (gate)
            running = [.. loads];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Task<ITextScorer> StartLoad(string model, ScoringPrecision? precision)
    {
        var load = Task.Run(() => LoadAsync(model, precision), CancellationToken.None);
        loads.Add(load);
        load.ContinueWith(
            ended =>
            {
                lock (gate)
                    loads.Remove(ended);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return load;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded model {Model}: scoring in {Precision} ({Reason})")]
    private static partial void Loaded(ILogger log, Printable model, ScoringPrecision precision, Printable reason);

    private LinkedListNode<LoadedScorer>? Find(string model, ScoringPrecision? precision)
    {
        for (var node = recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Model == model && node.Value.Serves(precision))
                return node;
        }

        return null;
    }

    private async Task<ITextScorer> LoadAsync(string model, ScoringPrecision? requested)
    {
        var folder = await models.GetPublishedAsync(model, ending.Token);
        // The host's setting is a preference; what a plan names is not.
        var offered = options.Precision == ScoringPrecision.Auto || PrecisionOffer.IsOffered(options.Precision, TrainerState.ReadAlone(folder)?.Metrics);
        var precision = requested ?? (offered ? options.Precision : ScoringPrecision.Fp32);
        var scorer = TorchTextScorer.Load(folder, model, precision);
        var reason = Reason(requested, offered, scorer.Timings);
        Loaded(log, model, scorer.Precision, reason);
        return scorer;
    }

    private string Reason(ScoringPrecision? requested, bool offered, string? timings) => timings is not null
        ? $"fastest here; 1,024 tokens take {timings}"
        : requested is not null ? "as the score plan's first shard"
        : offered ? "as configured"
        : $"instead of {options.Precision}: the model loses too much accuracy in it, or the loss was not measured";

    /// <param name="Requested">Null for the host's setting.</param>
    private sealed record LoadedScorer(string Model, ScoringPrecision? Requested, Task<ITextScorer> Scorer)
    {
        public bool Serves(ScoringPrecision? precision) => Requested == precision || (precision is not null && Scorer.IsCompletedSuccessfully && Scorer.Result.Precision == precision);
    }
}
