namespace ImdbPipeline.Learning.Training;

/// <summary>A training example.</summary>
/// <param name="TokenIds">Including <c>[CLS]</c> and <c>[SEP]</c>.</param>
/// <param name="Target">Probability of each label, <c>[labels]</c>: one-hot, or soft labels from a teacher.</param>
public readonly record struct TrainingExample(int[] TokenIds, float[] Target)
{
    public static TrainingExample Labelled(int[] tokenIds, int label, int labels)
    {
        var target = new float[labels];
        target[label] = 1;
        return new TrainingExample(tokenIds, target);
    }
}
