using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Teaching;

/// <summary>Labels the texts of a dataset with probabilities, from which another model learns.</summary>
public interface ITeacher
{
    /// <summary>Another value for a teacher that gives other labels.</summary>
    string Fingerprint { get; }

    /// <summary>Labels the training texts that have a label, and all unlabelled texts.</summary>
    /// <exception cref="InputRejectedException">The teacher cannot label this dataset.</exception>
    Task<SoftLabels> LabelAsync(IPreparedDataset dataset, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken);
}
