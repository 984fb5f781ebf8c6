using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImdbPipeline.Learning.Training;

/// <summary>Independent seeds out of one: a run can stop and go on anywhere because each use has its own.</summary>
public static class Seeds
{
    /// <param name="seed">The run's.</param>
    /// <param name="purpose">What it is for: <c>order</c>, <c>dropout</c>, a parameter's name.</param>
    /// <param name="index">The epoch or step.</param>
    /// <returns>A number from 0 to below 2^63, the same on every machine.</returns>
    public static ulong Of(int seed, string purpose, long index = 0)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{purpose}/{index}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 1;
    }

    public static Random Random(int seed, string purpose, long index = 0) => new((int)(Of(seed, purpose, index) & int.MaxValue));
}
