using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.ModelFolders;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>
/// Loads published models and keeps the two most recently used: shards of the previous champion may still be scored after a
/// promotion. Concurrent callers share one load.
/// </summary>
public sealed class ScorerProvider(StoredModels models, ScoringOptions options) : IScorerProvider
{
    private const int MaxLoaded = 2;

    private readonly Lock gate = new();

    // Most recently used first. Removed scorers are not disposed: they may still be in use.
    private readonly LinkedList<(string Model, Task<ITextScorer> Scorer)> recent = new();

    public Task<ITextScorer> GetAsync(string model, CancellationToken cancellationToken)
    {
        Task<ITextScorer> scorer;
        lock (gate)
        {
            var known = Find(model);
            if (known is not null)
                recent.Remove(known);
            // Retry a failed load.
            var reusable = known is { Value.Scorer: { IsFaulted: false, IsCanceled: false } };
            scorer = reusable ? known!.Value.Scorer : Task.Run(() => LoadAsync(model), CancellationToken.None);
            recent.AddFirst((model, scorer));
            while (recent.Count > MaxLoaded)
                recent.RemoveLast();
        }

        // Cancelling one caller must not cancel the load for others.
        return scorer.WaitAsync(cancellationToken);
    }

    private LinkedListNode<(string Model, Task<ITextScorer> Scorer)>? Find(string model)
    {
        for (var node = recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Model == model)
                return node;
        }

        return null;
    }

    private async Task<ITextScorer> LoadAsync(string model)
    {
        var folder = await models.GetPublishedAsync(model, CancellationToken.None);
        var precision = Int8Offer.IsOffered(TrainerState.Read(folder)?.Metrics) ? options.Precision : ScoringPrecision.Fp32;
        return TorchTextScorer.Load(folder, model, precision);
    }
}
