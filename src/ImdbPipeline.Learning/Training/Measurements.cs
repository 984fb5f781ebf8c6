namespace ImdbPipeline.Learning.Training;

/// <summary>The evaluations of a model, under the names the registry and the reports use.</summary>
internal sealed class Measurements
{
    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<int>>> confusion = [];

    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>> Confusion => confusion;

    /// <param name="split"><c>validation</c> or <c>test</c>.</param>
    /// <param name="evaluation">Null where the split is empty.</param>
    public void Add(string split, Evaluation? evaluation)
    {
        AddBeside(split, evaluation);
        if (evaluation is not null)
            confusion[split] = evaluation.Confusion;
    }

    /// <summary>Of a task with labels of its own, which its confusion cannot be read without: the figures only.</summary>
    public void AddBeside(string split, Evaluation? evaluation)
    {
        if (evaluation is null)
            return;
        metrics[$"{split}Accuracy"] = evaluation.Accuracy;
        metrics[$"{split}Loss"] = evaluation.Loss;
        metrics[$"{split}MacroF1"] = evaluation.MacroF1;
        metrics[$"{split}Reviews"] = evaluation.Reviews;
    }
}
