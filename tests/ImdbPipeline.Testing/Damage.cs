namespace ImdbPipeline.Testing;

/// <summary>Damages bytes as disks, networks and people do; the same seed gives the same damage.</summary>
public sealed class Damage(int seed)
{
    private const int MaxInserted = 8;

    private readonly Random random = new(seed);

    /// <summary>Description of the last damage.</summary>
    public string LastDescription { get; private set; } = "nothing";

    /// <summary>Changes one byte in eight of ten cases; otherwise truncates or inserts bytes.</summary>
    /// <param name="within">Damages only the first <paramref name="within"/> bytes; null for all.</param>
    /// <returns>A damaged copy.</returns>
    public byte[] Apply(ReadOnlySpan<byte> intact, int? within = null)
    {
        var at = random.Next(within ?? intact.Length);
        switch (random.Next(10))
        {
            case 0:
                LastDescription = $"truncated to {at} bytes";
                return intact[..at].ToArray();
            case 1:
                var inserted = new byte[random.Next(1, MaxInserted + 1)];
                random.NextBytes(inserted);
                LastDescription = $"{Convert.ToHexString(inserted)} inserted at {at}";
                return [.. intact[..at], .. inserted, .. intact[at..]];
            default:
                var damaged = intact.ToArray();
                // Flipping one bit often gives another letter or digit, a harder case than a byte that is not text.
                damaged[at] ^= (byte)(random.Next(2) == 0 ? random.Next(1, 256) : 1 << random.Next(8));
                LastDescription = $"byte {at} changed from {intact[at]:x2} to {damaged[at]:x2}";
                return damaged;
        }
    }
}
