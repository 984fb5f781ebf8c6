using System.Security.Cryptography;
using System.Text;
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

    private static readonly string[] patterns = ["*.json", "*.txt", "*.safetensors"];

    /// <summary>SHA-256 of the model's files.</summary>
    public string Fingerprint { get; } = Digest(folder);

    public async Task<SoftLabels> LabelAsync(IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var scorer = TorchTextScorer.Load(folder, name);
        scorer.RequireSingleLabel("teacher");
        var order = LabelOrder([.. scorer.Labels], dataset.Manifest.Labels);
        var total = dataset.Manifest.Shards.Where(shard => shard.Split is Split.Train or Split.Unsup).Sum(shard => (long)shard.Rows);
        var done = 0L;
        List<int> labels = [];
        var labelled = await LabelAsync(Split.Train);
        return SoftLabels.Of(labelled, await LabelAsync(Split.Unsup), labels, $"{name}, which may have been trained on them");

        async Task<List<float[]>> LabelAsync(Split split)
        {
            List<float[]> rows = [];
            List<string> step = [];
            await foreach (var text in dataset.ReadAsync(split, cancellationToken))
            {
                done++;
                if (split == Split.Train && text.Label is null)
                    continue;
                if (text.Label is { } label && split == Split.Train)
                    labels.Add(label);
                step.Add(text.Text);
                if (step.Count == TextsPerStep)
                    Score(step, rows);
            }

            Score(step, rows);
            return rows;
        }

        void Score(List<string> step, List<float[]> rows)
        {
            try
            {
                rows.AddRange(scorer.Score(step, null, cancellationToken).Select(prediction => Array.ConvertAll(order, position => prediction.Scores[position])));
            }
            catch (InvalidDataException e)
            {
                throw new InputRejectedException(ErrorRules.TeacherDamaged, $"teacher {name}", "finite logits", e.Message, "Choose another teacher.", e);
            }

            step.Clear();
            progress?.Report(new TrainingProgress(TrainingPhase.Preparing, done, total));
        }
    }

    /// <returns>The position among the teacher's labels of each label of the dataset.</returns>
    private int[] LabelOrder(string[] teacher, IReadOnlyList<string> dataset) =>
        teacher.Order(StringComparer.Ordinal).SequenceEqual(dataset.Order(StringComparer.Ordinal))
            ? [.. dataset.Select(label => Array.IndexOf(teacher, label))]
            : throw new InputRejectedException(
                ErrorRules.TeacherLabels, $"teacher {name}", $"a model with the dataset's labels {string.Join(", ", dataset)}", string.Join(", ", teacher), "Choose a model with labels of the same names.");

    private static string Digest(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path)));
            using var content = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
