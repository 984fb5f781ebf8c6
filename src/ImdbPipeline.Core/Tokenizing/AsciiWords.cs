using System.Runtime.CompilerServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Walks a text's words as BERT splits them, without a copy. A run of ASCII letters and digits is a word, an ASCII punctuation
/// character too. A run with anything else in it is handed out whole, to be normalized and split: what becomes of a character
/// does not depend on its neighbours, so that is the same as to do so with the text.
/// </summary>
internal ref struct AsciiWords(ReadOnlySpan<char> text)
{
    private const byte Other = (byte)'0', Blank = (byte)'1', Alone = (byte)'2', Word = (byte)'3';

    private readonly ReadOnlySpan<char> text = text;

    // Of every ASCII character. Constant data: no check whether it is there on the way to each character.
    private static ReadOnlySpan<byte> Classes =>
        "00000000011001000000000000000000"u8
        + "12222222222222223333333333222222"u8
        + "23333333333333333333333333322222"u8
        + "23333333333333333333333333322220"u8;

    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>In small letters; only of words.</summary>
    public PackedWord Packed { get; private set; }

    public RunKind Kind { get; private set; }

    public readonly ReadOnlySpan<char> Run => text[Start..End];

    public bool MoveNext()
    {
        var at = End;
        while (at < text.Length && ClassOf(text[at]) == Blank)
            at++;
        Start = at;
        if (at == text.Length)
            return false;
        Packed = new PackedWord(Take8(ref at), Take8(ref at));
        while (at < text.Length && ClassOf(text[at]) == Word)
            at++;
        Kind = RunKind.Word;
        for (; at < text.Length && ClassOf(text[at]) is Other or Word; at++)
            Kind = RunKind.Mixed;
        if (at == Start)
        {
            Kind = RunKind.Punctuation;
            at++;
        }
        End = at;
        return true;
    }

    /// <summary>Up to eight letters and digits in small letters, the first one lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Take8(ref int at)
    {
        var taken = 0UL;
        // Sets the bit that small letters have and digits have too.
        for (var shift = 0; shift < 64 && at < text.Length && ClassOf(text[at]) == Word; shift += 8)
            taken |= (ulong)(text[at++] | 0x20) << shift;
        return taken;
    }

    /// <summary>Goes on behind what was recognized as something else.</summary>
    public void SkipTo(int end) => End = end;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ClassOf(char c) => c < 128 ? Classes[c] : Other;
}

internal enum RunKind
{
    /// <summary>ASCII letters and digits.</summary>
    Word,

    /// <summary>One ASCII character.</summary>
    Punctuation,

    /// <summary>Characters of which some are neither.</summary>
    Mixed,
}
