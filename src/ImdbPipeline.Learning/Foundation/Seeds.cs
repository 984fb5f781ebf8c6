using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>Derives an independent seed for each purpose and step, so that a run can resume anywhere.</summary>
public static class Seeds
{
    /// <param name="seed">Random seed of the run.</param>
    /// <param name="purpose">Such as <c>order</c>, <c>dropout</c>, or a parameter name.</param>
    /// <param name="index">Such as the epoch or step.</param>
    /// <returns>A number in [0, 2^63), the same on every machine.</returns>
    public static ulong Of(int seed, string purpose, long index = 0)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{purpose}/{index}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 1;
    }

    public static Random Random(int seed, string purpose, long index = 0) => new((int)(Of(seed, purpose, index) & int.MaxValue));
}
