using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Registry;
using ImdbPipeline.Learning.Checkpoints;

namespace ImdbPipeline.Learning.Publishing;

/// <summary>A model's name in the registry: what it was made from, and a hash of what decides its predictions.</summary>
public static partial class ModelVersion
{
    /// <summary>Reports about the training hold times, which differ whenever the same model is trained again.</summary>
    private static readonly string[] reports = [ModelFolder.TrainerStateFile, ModelFolder.CardFile];

    /// <returns><c>{base}-{first 16 hex digits of SHA-256}</c></returns>
    public static string Of(string baseModel, IEnumerable<ModelFile> files)
    {
        var lines = files.Where(file => !reports.Contains(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Path}\n");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
        return $"{Readable(baseModel)}-{hash[..16]}";
    }

    private static string Readable(string baseModel)
    {
        var last = Path.GetFileName(baseModel.TrimEnd('/', '\\')).ToLowerInvariant();
        var plain = Unusual().Replace(OldHash().Replace(last, ""), "-").Trim('-', '.');
        return plain.Length == 0 ? "model" : plain[..Math.Min(plain.Length, 40)];
    }

    [GeneratedRegex("[^a-z0-9.]+")]
    private static partial Regex Unusual();

    [GeneratedRegex("-[0-9a-f]{16}$")]
    private static partial Regex OldHash();
}
