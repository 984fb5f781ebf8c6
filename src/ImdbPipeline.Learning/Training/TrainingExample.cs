namespace ImdbPipeline.Learning.Training;

/// <summary>One review to learn from.</summary>
/// <param name="TokenIds">With <c>[CLS]</c> and <c>[SEP]</c>.</param>
/// <param name="Target">A probability for each label, <c>[labels]</c>: 1 for the true one, or a teacher's soft opinion.</param>
/// <param name="Weight">How much its loss counts.</param>
public readonly record struct TrainingExample(int[] TokenIds, float[] Target, float Weight = 1)
{
    public static TrainingExample Labelled(int[] tokenIds, int label, int labels)
    {
        var target = new float[labels];
        target[label] = 1;
        return new TrainingExample(tokenIds, target);
    }
}
