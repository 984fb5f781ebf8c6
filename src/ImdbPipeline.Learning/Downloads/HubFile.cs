using System.Security.Cryptography;
using System.Text;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>A file's metadata as announced by the hub.</summary>
/// <param name="Name">Path within the repository.</param>
/// <param name="Commit">Commit of the repository.</param>
/// <param name="Size">Size in bytes; null if the hub does not announce it.</param>
/// <param name="Checksum">SHA-256 for large files (64 hex digits), git blob id for small ones (40 hex digits); anything else is not verified.</param>
public sealed record HubFile(string Name, string? Commit, long? Size, string? Checksum)
{
    /// <returns>Null if the file matches what the hub announced, otherwise a description of the mismatch.</returns>
    public async Task<string?> FindMismatchAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        if (Size is { } size && stream.Length != size)
            return $"{stream.Length} bytes instead of {size}";
        var found = Checksum?.Length switch
        {
            64 => Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)),
            40 => await GitBlobIdAsync(stream, cancellationToken),
            _ => Checksum,
        };
        return found == Checksum ? null : $"checksum {found} instead of {Checksum}";
    }

    private static async Task<string> GitBlobIdAsync(FileStream stream, CancellationToken cancellationToken)
    {
        // Git blob ids are SHA-1. Here they detect damage; HTTPS protects against tampering.
#pragma warning disable CA5350
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            hash.AppendData(buffer.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
