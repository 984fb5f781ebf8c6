using System.Numerics;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Up to 16 ASCII characters packed into 128 bits; the first is in the lowest byte.</summary>
internal readonly record struct PackedWord(ulong Low, ulong High)
{
    public const int MaxLength = 16;

    /// <param name="word">At most <see cref="MaxLength"/> ASCII characters.</param>
    public static PackedWord Of(ReadOnlySpan<char> word)
    {
        var packed = UInt128.Zero;
        for (var i = 0; i < word.Length; i++)
            packed |= (UInt128)word[i] << i * 8;
        return new PackedWord((ulong)packed, (ulong)(packed >> 64));
    }

    /// <param name="start">0 to <see cref="MaxLength"/> - 1.</param>
    /// <param name="length">1 to <see cref="MaxLength"/> - <paramref name="start"/>.</param>
    public PackedWord Slice(int start, int length)
    {
        var cut = (new UInt128(High, Low) >> start * 8) & (UInt128.MaxValue >> (MaxLength - length) * 8);
        return new PackedWord((ulong)cut, (ulong)(cut >> 64));
    }

    public override string ToString() => string.Create(Length, this, static (text, word) =>
    {
        var rest = new UInt128(word.High, word.Low);
        for (var i = 0; i < text.Length; i++, rest >>= 8)
            text[i] = (char)(byte)rest;
    });

    private int Length => MaxLength - (High != 0 ? BitOperations.LeadingZeroCount(High) : 64 + BitOperations.LeadingZeroCount(Low)) / 8;
}
