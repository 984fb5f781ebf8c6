using System.Security.Cryptography;
using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>Hash of everything that determines the trained weights.</summary>
public static class TrainingFingerprint
{
    /// <summary>Increase when the same settings give different weights; older checkpoints are then ignored.</summary>
    private const int Generation = 4;

    /// <param name="teacher">Fingerprint of the teacher; null without one.</param>
    /// <returns>SHA-256 in lower-case hex.</returns>
    public static string Of(IEnumerable<DatasetManifest> datasets, string baseModel, Recipe recipe, string? teacher)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        var inputs = new { Generation, Datasets = datasets.Select(d => $"{d.Dataset}/{d.Version}"), BaseModel = baseModel, Recipe = recipe, Teacher = teacher };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(inputs, PipelineJson.Line)));
    }
}
