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
}
