using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Hashes words to slots of one hash table.</summary>
internal readonly struct PackedWordHash
{
    // Random per table, so that an uploaded text cannot be crafted to make all words collide.
    private readonly ulong lowSeed = Seed(), highSeed = Seed();
    private readonly int shift;

    /// <param name="size">Size of the table, a power of two.</param>
    public PackedWordHash(int size) => shift = 64 - BitOperations.Log2((uint)size);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Slot(PackedWord word)
    {
        var high = Math.BigMul(word.Low ^ lowSeed, word.High ^ highSeed, out var low);
        return (int)(((high ^ low) * 0x9E3779B97F4A7C15) >> shift);
    }

    private static ulong Seed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
}
