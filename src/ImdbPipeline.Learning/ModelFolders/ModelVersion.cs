using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>Model version in the registry: the base model's name and a hash of the files that determine the predictions.</summary>
public static partial class ModelVersion
{
    /// <returns><c>{base}-{first 16 hex digits of SHA-256}</c></returns>
    public static string Of(string baseModel, IEnumerable<ModelFile> files)
    {
        var lines = files.Where(file => !ModelFolder.ReportFiles.Contains(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Path}\n");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
        return $"{Readable(baseModel)}-{hash[..16]}";
    }

    private static string Readable(string baseModel)
    {
        var last = Path.GetFileName(baseModel.TrimEnd('/', '\\')).ToLowerInvariant();
        var plain = SpecialCharacters().Replace(HashSuffix().Replace(last, ""), "-").Trim('-', '.');
        return plain.Length == 0 ? "model" : plain[..Math.Min(plain.Length, 40)];
    }

    [GeneratedRegex("[^a-z0-9.]+")]
    private static partial Regex SpecialCharacters();

    [GeneratedRegex("-[0-9a-f]{16}$")]
    private static partial Regex HashSuffix();
}
