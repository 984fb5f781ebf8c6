using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Scoring;

namespace ImdbPipeline.Learning.Teaching;

/// <summary>A trained model as the teacher of another one (distillation, Hinton et al. 2015).</summary>
/// <param name="folder">Model folder.</param>
internal sealed class ModelTeacher(string name, string folder) : ITeacher
{
    private const int TextsPerStep = 1024;

    public async Task<SoftLabels> LabelAsync(IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var scorer = TorchTextScorer.Load(folder, name);
        var order = LabelOrder(scorer.Labels, dataset.Manifest.Labels);
        var total = dataset.Manifest.Shards.Where(shard => shard.Split is Split.Train or Split.Unsup).Sum(shard => (long)shard.Rows);
        List<int> labels = [];
        List<float[]> labelled = [], unlabelled = [];
        List<string> step = [];
        await foreach (var text in dataset.ReadAsync(Split.Train, cancellationToken))
        {
            if (text.Label is not { } label)
                continue;
            labels.Add(label);
            Add(text.Text, labelled);
        }

        Score(labelled);
        await foreach (var text in dataset.ReadAsync(Split.Unsup, cancellationToken))
            Add(text.Text, unlabelled);
        Score(unlabelled);
        var correct = labelled.Where((row, i) => Array.IndexOf(row, row.Max()) == labels[i]).Count();
        return new SoftLabels(labelled, unlabelled, (double)correct / Math.Max(1, labelled.Count), name);

        void Add(string text, List<float[]> rows)
        {
            step.Add(text);
            if (step.Count == TextsPerStep)
                Score(rows);
        }

        void Score(List<float[]> rows)
        {
            rows.AddRange(scorer.Score(step, null, cancellationToken).Select(prediction => Array.ConvertAll(order, position => prediction.Scores[position])));
            step.Clear();
            progress?.Report(new TrainingProgress(TrainingPhase.Preparing, labelled.Count + unlabelled.Count, total));
        }
    }

    /// <returns>The position among the teacher's labels of each label of the dataset.</returns>
    private int[] LabelOrder(IReadOnlyList<string> teacher, IReadOnlyList<string> dataset) =>
        teacher.Order(StringComparer.Ordinal).SequenceEqual(dataset.Order(StringComparer.Ordinal))
            ? [.. dataset.Select(label => teacher.ToList().IndexOf(label))]
            : throw new InputRejectedException(
                ErrorRules.TeacherLabels, $"teacher {name}", $"a model with the dataset's labels {string.Join(", ", dataset)}", string.Join(", ", teacher), "Choose a model that was trained on the same labels.");
}
