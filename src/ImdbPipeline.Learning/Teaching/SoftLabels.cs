using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Teaching;

/// <summary>A teacher's probabilities for the texts of a dataset, in dataset order.</summary>
/// <param name="Labelled">Training texts with a label, <c>[texts][labels]</c>; each row sums to one.</param>
/// <param name="Unlabelled">Unlabelled texts, <c>[texts][labels]</c>; each row sums to one.</param>
/// <param name="Notes">For the model card.</param>
public sealed record SoftLabels(IReadOnlyList<float[]> Labelled, IReadOnlyList<float[]> Unlabelled, IReadOnlyList<string> Notes)
{
    /// <summary>Weight of the true label in a labelled text's target; the rest is the teacher's.</summary>
    private const float TrueShare = 0.5f;

    /// <summary>The same without unlabelled texts, where the teacher only smooths the labels.</summary>
    private const float TrueShareAlone = 0.9f;

    /// <param name="teacher">Null for none.</param>
    /// <returns>Null without a teacher.</returns>
    public static async Task<SoftLabels?> OfAsync(ITeacher? teacher, IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        teacher is null ? null : await Stage.RunAsync("Teach", _ => teacher.LabelAsync(dataset, seed, progress, cancellationToken));

    /// <returns>The examples to train on: the labelled texts and, with a teacher, the unlabelled ones.</returns>
    /// <param name="taught">Null without a teacher.</param>
    /// <exception cref="ArgumentException">The teacher labelled other texts than these.</exception>
    public static TrainingExample[] Examples(LabelledTokens labelled, IReadOnlyList<int[]> unlabelled, int labels, SoftLabels? taught)
    {
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentNullException.ThrowIfNull(unlabelled);
        if (taught is null)
            return [.. labelled.TokenIds.Zip(labelled.Labels, (ids, label) => TrainingExample.Labelled(ids, label, labels))];
        if ((taught.Labelled.Count, taught.Unlabelled.Count) != (labelled.TokenIds.Count, unlabelled.Count))
            throw new ArgumentException(
                $"Expected soft labels of {labelled.TokenIds.Count} labelled and {unlabelled.Count} unlabelled texts, found {taught.Labelled.Count} and {taught.Unlabelled.Count}.", nameof(taught));
        var share = unlabelled.Count > 0 ? TrueShare : TrueShareAlone;
        return
        [
            .. labelled.TokenIds.Select((ids, i) => new TrainingExample(ids, Mixed(taught.Labelled[i], labelled.Labels[i], share))),
            .. unlabelled.Select((ids, i) => new TrainingExample(ids, taught.Unlabelled[i])),
        ];
    }

    /// <param name="labels">The true labels of the labelled texts.</param>
    /// <param name="teacher">For display, with what it has seen of the training texts.</param>
    internal static SoftLabels Of(IReadOnlyList<float[]> labelled, IReadOnlyList<float[]> unlabelled, IReadOnlyList<int> labels, string teacher)
    {
        var accuracy = labelled.Where((row, i) => Softmax.ArgMax(row) == labels[i]).Count() / (double)Math.Max(1, labels.Count);
        var texts = unlabelled.Count > 0 ? $"{labels.Count} labelled and {unlabelled.Count} unlabelled texts" : $"{labels.Count} labelled texts";
        return new SoftLabels(labelled, unlabelled, [FormattableString.Invariant($"soft labels for {texts} from {teacher}; accuracy on the training texts {accuracy:0.0000}")]);
    }

    private static float[] Mixed(float[] probabilities, int label, float share)
    {
        var target = Array.ConvertAll(probabilities, p => p * (1 - share));
        target[label] += share;
        return target;
    }
}
