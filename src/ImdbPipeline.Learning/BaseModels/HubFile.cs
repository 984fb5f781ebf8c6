using System.Security.Cryptography;
using System.Text;

namespace ImdbPipeline.Learning.BaseModels;

/// <summary>What the hub says about a file before it is downloaded.</summary>
/// <param name="Name">Within the repository.</param>
/// <param name="Commit">The revision it belongs to.</param>
/// <param name="Size">In bytes, where the hub tells.</param>
/// <param name="Checksum">The SHA-256 of large files (64 hex digits), git's blob id of small ones (40), or anything else, which proves nothing.</param>
public sealed record HubFile(string Name, string? Commit, long? Size, string? Checksum)
{
    /// <returns>Null where the file is what the hub announced, otherwise what is wrong.</returns>
    public async Task<string?> FindFaultAsync(string path, CancellationToken cancellationToken)
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
        // Git's own way of naming contents; it guards against damage here, not against malice: the address is https.
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
