namespace ImdbPipeline.Testing;

/// <summary>Damages bytes as disks, networks and people do; the same seed does the same damage.</summary>
public sealed class Damage(int seed)
{
    private const int MostInserted = 8;

    private readonly Random random = new(seed);

    /// <summary>What was done last.</summary>
    public string Last { get; private set; } = "nothing";

    /// <summary>Eight times of ten a byte is changed, else the end is cut off or bytes are put in.</summary>
    /// <param name="within">How many of the first bytes may be hit; null for all.</param>
    /// <returns>A copy that differs.</returns>
    public byte[] Of(ReadOnlySpan<byte> sound, int? within = null)
    {
        var at = random.Next(within ?? sound.Length);
        switch (random.Next(10))
        {
            case 0:
                Last = $"cut to {at} bytes";
                return sound[..at].ToArray();
            case 1:
                var inserted = new byte[random.Next(1, MostInserted + 1)];
                random.NextBytes(inserted);
                Last = $"{Convert.ToHexString(inserted)} put in at {at}";
                return [.. sound[..at], .. inserted, .. sound[at..]];
            default:
                var damaged = sound.ToArray();
                // One bit often makes another letter or digit, which says more than a byte that is no text.
                damaged[at] ^= (byte)(random.Next(2) == 0 ? random.Next(1, 256) : 1 << random.Next(8));
                Last = $"byte {at} changed from {sound[at]:x2} to {damaged[at]:x2}";
                return damaged;
        }
    }
}
