using System.Runtime.CompilerServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Splits a text into words as BERT does, without copying. A run of ASCII letters and digits is a word; so is each ASCII
/// punctuation character. A run containing any other character is returned whole and must be normalized and split by the
/// caller. That gives the same result as normalizing the whole text, because each character is normalized independently.
/// </summary>
/// <param name="lowercase">Whether words are packed in lower case.</param>
internal ref struct AsciiWords(ReadOnlySpan<char> text, bool lowercase)
{
    private const byte Other = (byte)'0', Space = (byte)'1', Punctuation = (byte)'2', Word = (byte)'3';

    private readonly ReadOnlySpan<char> text = text;

    // Bit 0x20 turns upper case into lower case; digits already have it set.
    private readonly int fold = lowercase ? 0x20 : 0;

    // The class of each ASCII character. Constant data, so no static-initialization check per character.
    private static ReadOnlySpan<byte> Classes =>
        "00000000011001000000000000000000"u8
        + "12222222222222223333333333222222"u8
        + "23333333333333333333333333322222"u8
        + "23333333333333333333333333322220"u8;

    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>The word; only valid for <see cref="RunKind.Word"/>.</summary>
    public PackedWord Packed { get; private set; }

    public RunKind Kind { get; private set; }

    public readonly ReadOnlySpan<char> Run => text[Start..End];

    public bool MoveNext()
    {
        var at = End;
        while (at < text.Length && ClassOf(text[at]) == Space)
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

    /// <summary>Reads up to eight letters and digits; the first is in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Take8(ref int at)
    {
        var taken = 0UL;
        for (var shift = 0; shift < 64 && at < text.Length && ClassOf(text[at]) == Word; shift += 8)
            taken |= (ulong)(uint)(text[at++] | fold) << shift;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ClassOf(char c) => c < 128 ? Classes[c] : Other;
}

internal enum RunKind
{
    /// <summary>ASCII letters and digits.</summary>
    Word,

    /// <summary>One ASCII punctuation character.</summary>
    Punctuation,

    /// <summary>Contains control or non-ASCII characters; must be normalized and split.</summary>
    Mixed,
}
