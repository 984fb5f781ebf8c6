using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Teaching;

/// <summary>A teacher's probabilities for the texts of a dataset, in dataset order.</summary>
/// <param name="Labelled">Training texts with a label, <c>[texts][labels]</c>; each row sums to one.</param>
/// <param name="Unlabelled">Unlabelled texts, <c>[texts][labels]</c>; each row sums to one.</param>
/// <param name="Accuracy">Of the teacher on the labelled texts, 0 to 1.</param>
/// <param name="Teacher">For display.</param>
public sealed record SoftLabels(IReadOnlyList<float[]> Labelled, IReadOnlyList<float[]> Unlabelled, double Accuracy, string Teacher)
{
    /// <summary>Weight of the true label in a labelled text's target; the rest is the teacher's.</summary>
    private const float TrueShare = 0.5f;

    /// <summary>The same without unlabelled texts, where the teacher only smooths the labels.</summary>
    private const float TrueShareAlone = 0.9f;

    /// <summary>For the model card.</summary>
    public string Note => FormattableString.Invariant(
        $"soft labels{(Unlabelled.Count > 0 ? $", also for {Unlabelled.Count} unlabelled texts," : "")} from {Teacher} with accuracy {Accuracy:0.0000} on the training texts");

    /// <returns>The examples to train on: the labelled texts and, with a teacher, the unlabelled ones.</returns>
    /// <param name="taught">Null without a teacher.</param>
    public static TrainingExample[] Examples(LabelledTokens labelled, IReadOnlyList<int[]> unlabelled, int labels, SoftLabels? taught)
    {
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentNullException.ThrowIfNull(unlabelled);
        if (taught is null)
            return [.. labelled.TokenIds.Zip(labelled.Labels, (ids, label) => TrainingExample.Labelled(ids, label, labels))];
        var share = unlabelled.Count > 0 ? TrueShare : TrueShareAlone;
        return
        [
            .. labelled.TokenIds.Select((ids, i) => new TrainingExample(ids, Mixed(taught.Labelled[i], labelled.Labels[i], share))),
            .. unlabelled.Select((ids, i) => new TrainingExample(ids, taught.Unlabelled[i])),
        ];
    }

    private static float[] Mixed(float[] probabilities, int label, float share)
    {
        var target = Array.ConvertAll(probabilities, p => p * (1 - share));
        target[label] += share;
        return target;
    }
}
