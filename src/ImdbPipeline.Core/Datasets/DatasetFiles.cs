using System.Security.Cryptography;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Checks dataset files against the manifest.</summary>
internal static class DatasetFiles
{
    public static string Sha256(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <exception cref="InvalidDataException">The content does not match the manifest.</exception>
    public static byte[] Verify(byte[] content, string sha256, string name) =>
        Sha256(content) is var found && found == sha256
            ? content
            : throw new InvalidDataException($"{name}: expected SHA-256 {sha256} from the manifest, found {found}. Restore the file or prepare the archive again.");
}
