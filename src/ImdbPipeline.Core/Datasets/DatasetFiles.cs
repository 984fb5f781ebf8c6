using System.Security.Cryptography;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Checks a data set's files against its manifest.</summary>
internal static class DatasetFiles
{
    public static string Sha256(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <exception cref="InvalidDataException">The content is not the one the manifest names.</exception>
    public static byte[] Verify(byte[] content, string sha256, string name) =>
        Sha256(content) is var found && found == sha256
            ? content
            : throw new InvalidDataException($"{name}: expected SHA-256 {sha256}, as the manifest says, found {found}. Restore the file or prepare the archive again.");
}
