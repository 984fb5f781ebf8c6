using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

/// <summary>The real reviews, and how the golden sets record their token ids.</summary>
internal static class GoldenReviews
{
    /// <summary>Every text of the archive and its path below <c>aclImdb/</c>; skips the calling test if the archive is missing.</summary>
    public static IEnumerable<(string Name, string Text)> Read()
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(SharedFiles.Require("data/imdb/aclImdb_v1.tar.gz")), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
            if (entry.DataStream is { } data && entry.Name.EndsWith(".txt", StringComparison.Ordinal))
            {
                using var text = new StreamReader(data);
                yield return (entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], text.ReadToEnd());
            }
    }

    /// <returns>The number of ids and the first 16 digits of the SHA-256 of the ids as little-endian 32-bit integers.</returns>
    public static (int Count, string Sha) Digest(int[] ids)
    {
        var bytes = new byte[ids.Length * sizeof(int)];
        for (var i = 0; i < ids.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), ids[i]);
        return (ids.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }
}
