using System.Numerics;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Up to 16 ASCII characters as a number, the first one lowest.</summary>
internal readonly record struct PackedWord(ulong Low, ulong High)
{
    public const int MaxLength = 16;

    /// <summary>ASCII characters, at most <see cref="MaxLength"/>.</summary>
    public static PackedWord Of(ReadOnlySpan<char> word)
    {
        var packed = UInt128.Zero;
        for (var i = 0; i < word.Length; i++)
            packed |= (UInt128)word[i] << i * 8;
        return new PackedWord((ulong)packed, (ulong)(packed >> 64));
    }

    /// <param name="start">From 0 to <see cref="MaxLength"/> - 1.</param>
    /// <param name="length">From 1 to what is left behind the start.</param>
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
