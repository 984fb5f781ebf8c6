namespace ImdbPipeline.Learning.Training;

/// <summary>
/// Learns several tasks at once: each batch is of one task, the tasks' batches come mixed, as many of each as it has
/// (Sun et al. 2019, after Liu et al. 2019).
/// </summary>
public sealed class MultiTaskObjective(IReadOnlyList<ClassificationObjective> tasks) : IObjective
{
    private readonly int[] begins = [.. tasks.Select((_, t) => tasks.Take(t).Sum(task => task.Count))];

    public int[][] Batches(int batchSize, int seed, int epoch)
    {
        var batches = tasks.SelectMany((task, t) => task.Batches(batchSize, seed, epoch).Select(batch => Array.ConvertAll(batch, i => begins[t] + i))).ToArray();
        Seeds.Random(seed, "tasks", epoch).Shuffle(batches);
        return batches;
    }

    public ITrainingBatch Gather(int[] examples, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var task = Array.FindLastIndex(begins, begin => begin <= examples[0]);
        return tasks[task].Gather(Array.ConvertAll(examples, i => i - begins[task]), seed, epoch);
    }
}
