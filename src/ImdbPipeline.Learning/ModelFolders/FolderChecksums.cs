using System.Security.Cryptography;
using ImdbPipeline.Core.Registry;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The files of a model folder by length and SHA-256.</summary>
internal static class FolderChecksums
{
    /// <returns>The files that determine the model's answers, by name.</returns>
    public static IReadOnlyList<ModelFile> Of(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(path => !ModelFolder.ReportFiles.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal).Select(Describe)];

    /// <param name="listed">The files as they were written.</param>
    /// <returns>The first file that is missing or differs; null if there is none. Further files are ignored unless this program would read them.</returns>
    public static string? FindChange(string folder, IReadOnlyList<ModelFile> listed)
    {
        foreach (var file in listed)
        {
            var path = Path.Combine(folder, Path.GetFileName(file.Path));
            if (!File.Exists(path))
                return $"no {file.Path}";
            if (Describe(path) != file)
                return $"another {file.Path}";
        }
        return ModelFolderWriter.Written.Except(ModelFolder.ReportFiles).FirstOrDefault(name => listed.All(file => file.Path != name) && File.Exists(Path.Combine(folder, name))) is { } added
            ? $"an additional {added}"
            : null;
    }

    private static ModelFile Describe(string path)
    {
        using var stream = ModelFolder.Open(path);
        return new ModelFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
