using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Draws a mask with xoshiro128++ (Blackman and Vigna 2021) in eight lanes; each number decides about two elements.</summary>
internal struct DropoutGenerator
{
    private const int Words = 16;

    private readonly Vector256<int> threshold, kept;
    private Vector256<uint> s0, s1, s2, s3;

    /// <param name="stream">Different streams are independent.</param>
    /// <param name="probability">Of an element to become zero.</param>
    public DropoutGenerator(ulong stream, double probability)
    {
        Span<ulong> state = stackalloc ulong[Words];
        for (var i = 0; i < Words; i++)
            state[i] = Hash((stream * Words) + (ulong)i);
        var words = MemoryMarshal.Cast<ulong, uint>(state);
        (s0, s1, s2, s3) = (Vector256.Create<uint>(words), Vector256.Create<uint>(words[8..]), Vector256.Create<uint>(words[16..]), Vector256.Create<uint>(words[24..]));
        threshold = Vector256.Create((int)Math.Round(probability * (1 << 16)));
        Kept = (float)(1 / (1 - probability));
        kept = Vector256.Create(Kept).AsInt32();
    }

    /// <summary>The value of elements that are not zero.</summary>
    public float Kept { get; }

    /// <returns>The next 16 elements.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Next()
    {
        // In local variables: the compiler keeps these in registers, but not the fields.
        var (a, b, c, d) = (s0, s1, s2, s3);
        var sum = a + d;
        var random = ((sum << 7) | (sum >> 25)) + a;
        c ^= a;
        d ^= b;
        (s1, s0, s2, s3) = (b ^ c, a ^ d, c ^ (b << 9), (d << 11) | (d >> 21));
        return Vector512.Create(
            Vector256.AndNot(kept, Vector256.LessThan((random & Vector256.Create(0xFFFFu)).AsInt32(), threshold)).AsSingle(),
            Vector256.AndNot(kept, Vector256.LessThan((random >> 16).AsInt32(), threshold)).AsSingle());
    }

    public void Fill(Span<float> mask)
    {
        var generator = this;
        var at = 0;
        for (; at + Vector512<float>.Count <= mask.Length; at += Vector512<float>.Count)
            generator.Next().CopyTo(mask[at..]);
        var last = generator.Next();
        for (var i = 0; at + i < mask.Length; i++)
            mask[at + i] = last[i];
        this = generator;
    }

    /// <summary>A hash of 64 bits (Steele et al. 2014).</summary>
    public static ulong Hash(ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}
