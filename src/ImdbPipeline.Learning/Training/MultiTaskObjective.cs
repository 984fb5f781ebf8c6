using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// Trains several tasks at once: each batch belongs to one task, and the batches of all tasks are shuffled
/// (Sun et al. 2019, after Liu et al. 2019).
/// </summary>
public sealed class MultiTaskObjective(IReadOnlyList<ClassificationObjective> tasks) : IObjective
{
    private readonly int[] starts = [.. tasks.Select((_, t) => tasks.Take(t).Sum(task => task.Count))];

    public int[][] Batches(int batchSize, int seed, int epoch)
    {
        var batches = tasks.SelectMany((task, t) => task.Batches(batchSize, seed, epoch).Select(batch => Array.ConvertAll(batch, i => starts[t] + i))).ToArray();
        Seeds.Random(seed, "tasks", epoch).Shuffle(batches);
        return batches;
    }

    public ITrainingBatch Gather(int[] examples, int seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var task = Array.FindLastIndex(starts, start => start <= examples[0]);
        return tasks[task].Gather(Array.ConvertAll(examples, i => i - starts[task]), seed, epoch);
    }
}
