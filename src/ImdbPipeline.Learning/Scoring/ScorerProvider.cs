using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Learning.Checkpoints;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>
/// Loads published models and keeps the two used last, so that a new champion is swapped in while shards of the old one
/// are still scored. Callers at the same time share one load.
/// </summary>
public sealed class ScorerProvider(StoredModels models, ScoringOptions options) : IScorerProvider
{
    private const int Kept = 2;

    private readonly Lock gate = new();

    // Most recently used first. A scorer that falls out is not disposed: somebody may be scoring with it.
    private readonly LinkedList<(string Model, Task<IReviewScorer> Scorer)> recent = new();

    public Task<IReviewScorer> GetAsync(string model, CancellationToken cancellationToken)
    {
        Task<IReviewScorer> scorer;
        lock (gate)
        {
            var known = Find(model);
            if (known is not null)
                recent.Remove(known);
            // A failed load is no reason to fail for ever.
            var reusable = known is { Value.Scorer: { IsFaulted: false, IsCanceled: false } };
            scorer = reusable ? known!.Value.Scorer : Task.Run(() => LoadAsync(model), CancellationToken.None);
            recent.AddFirst((model, scorer));
            while (recent.Count > Kept)
                recent.RemoveLast();
        }

        // One caller's cancellation is not the others'.
        return scorer.WaitAsync(cancellationToken);
    }

    private LinkedListNode<(string Model, Task<IReviewScorer> Scorer)>? Find(string model)
    {
        for (var node = recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Model == model)
                return node;
        }

        return null;
    }

    private async Task<IReviewScorer> LoadAsync(string model)
    {
        var folder = await models.GetPublishedAsync(model, CancellationToken.None);
        var precision = Int8Offer.IsMade(TrainerState.Read(folder)?.Metrics) ? options.ScoringPrecision : ScoringPrecision.Fp32;
        return TorchReviewScorer.Load(folder, model, precision);
    }
}
