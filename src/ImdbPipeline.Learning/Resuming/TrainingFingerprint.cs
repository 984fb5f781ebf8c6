using System.Security.Cryptography;
using System.Text.Json;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Resuming;

/// <summary>Tells trainings apart by what decides their weights.</summary>
public static class TrainingFingerprint
{
    /// <summary>Raised when the same settings come to mean another training: checkpoints of before are not gone on from.</summary>
    private const int Generation = 1;

    /// <returns>SHA-256 in lower-case hex.</returns>
    public static string Of(IEnumerable<DatasetManifest> datasets, string baseModel, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        var what = new { Generation, Datasets = datasets.Select(d => $"{d.Dataset}/{d.Version}"), BaseModel = baseModel, Recipe = recipe };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(what, PipelineJson.Line)));
    }
}
