using System.Runtime.CompilerServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>
/// Walks a text's words as BERT splits them, without a copy. A run of ASCII letters and digits is a word, an ASCII punctuation
/// character too. A run with anything else in it is handed out whole, to be normalized and split: what becomes of a character
/// does not depend on its neighbours, so that is the same as to do so with the text.
/// </summary>
internal ref struct AsciiWords(ReadOnlySpan<char> text)
{
    private const byte Other = 0, Blank = 1, Alone = 2, Word = 3;

    private static readonly byte[] Classes = [.. Enumerable.Range(0, 128).Select(code => Classify((char)code))];

    private readonly ReadOnlySpan<char> text = text;

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
        Kind = RunKind.Word;
        ulong low = 0, high = 0;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            var kind = ClassOf(c);
            if (kind is Blank or Alone)
                break;
            if (kind == Other)
                Kind = RunKind.Mixed;
            // Sets the bit that small letters have and digits have too.
            var small = (ulong)(c | 0x20);
            if (at - Start < 8)
                low |= small << (at - Start) * 8;
            else if (at - Start < PackedWord.MaxLength)
                high |= small << (at - Start - 8) * 8;
        }
        if (at == Start)
        {
            Kind = RunKind.Punctuation;
            at++;
        }
        End = at;
        Packed = new PackedWord(low, high);
        return true;
    }

    /// <summary>Goes on behind what was recognized as something else.</summary>
    public void SkipTo(int end) => End = end;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ClassOf(char c) => c < 128 ? Classes[c] : Other;

    private static byte Classify(char c) =>
        c is ' ' or '\t' or '\n' or '\r' ? Blank
        : char.IsAsciiLetterOrDigit(c) ? Word
        : BertPreTokenizer.IsAsciiPunctuation(c) ? Alone
        : Other;
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
