using System.Text;

namespace ImdbPipeline.Core.Tables;

/// <summary>Splits CSV text into records: RFC 4180, or with quotes escaped by backslashes, whichever the records so far agree with.</summary>
/// <remarks>
/// Custom, because library readers stop for good at the first misplaced quote, and cannot tell from the records how a file escapes quotes.
/// After a damaged record, reading goes on with the next line.
/// </remarks>
internal sealed class CsvRecords(TextReader text, int maxLength, bool tabs)
{
    private const string Separators = ",;\t|";
    private const int LinesToCompare = 10;

    private char[] buffer = new char[16 << 10];
    private int start, end;
    private bool ended;
    private char separator = tabs ? '\t' : '\0';
    private bool escapesWithBackslash, endsInBackslash;
    private readonly StringBuilder quoted = new();
    private List<string> cells = [], other = [];

    // Seen: a backslash right before a closing quote, in a record that fits. From then on a backslash is just a backslash.
    private bool keepsBackslashes;

    /// <summary>The last record's cells; those before the damage if it is damaged.</summary>
    public IReadOnlyList<string> Cells => cells;

    /// <summary>Reads the first record, and finds out what separates its cells.</summary>
    /// <param name="hasHeader">Whether the first record names the columns, so that a single one means that nothing is separated.</param>
    /// <returns>The state of the first record.</returns>
    public CsvState ReadFirst(bool hasHeader)
    {
        SkipBlankLines();
        if (!Has(0))
            return CsvState.End;
        if (separator == '\0' && FirstLine() is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', var named] && Separators.Contains(named, StringComparison.Ordinal))
        {
            // Excel's note of the separator.
            separator = named;
            SkipLine();
            SkipBlankLines();
        }
        else if (separator == '\0')
        {
            separator = hasHeader ? MostFrequent() : MostRegular();
        }
        return Read(0);
    }

    /// <param name="columns">Number of cells expected; 0 for any.</param>
    public CsvState Read(int columns)
    {
        if (!Has(0))
            return CsvState.End;
        var state = Parse(escapesWithBackslash, cells, out var length);
        var fits = state == CsvState.Read && Fits(columns);
        var swallows = tabs && fits && SwallowsLine(length, columns);
        if (state != CsvState.TooLong && !escapesWithBackslash && !keepsBackslashes && (!fits || swallows || (columns > 0 && cells.Count != columns))
            && Parse(backslashes: true, other, out var otherLength) == CsvState.Read && (columns == 0 || other.Count == columns) && !(tabs && otherLength > LineLength()))
            (state, length, escapesWithBackslash, cells, other) = (CsvState.Read, otherLength, true, other, cells);
        else if (tabs && (!fits || swallows) && TrySplitLine(columns, out var line))
            (state, length) = (CsvState.Read, line);
        else if (state == CsvState.Read && (columns == 0 || cells.Count == columns))
            keepsBackslashes |= endsInBackslash && !escapesWithBackslash;

        if (state == CsvState.Read)
        {
            start += length;
            return Fits(columns) ? CsvState.Read : CsvState.TooManyCells;
        }
        SkipDamaged(state, length, columns);
        return state;
    }

    /// <summary>Whether the record has no more cells than columns, not counting empty ones at its end.</summary>
    private bool Fits(int columns)
    {
        if (columns == 0)
            return true;
        while (cells.Count > columns && cells[^1].Length == 0)
            cells.RemoveAt(cells.Count - 1);
        return cells.Count <= columns;
    }

    private CsvState Parse(bool backslashes, List<string> found, out int length)
    {
        found.Clear();
        endsInBackslash = false;
        for (length = 0; ;)
        {
            var state = Has(length) && At(length) == '"' ? ReadQuoted(ref length, backslashes, found) : ReadPlain(ref length, found);
            if (state != CsvState.Read || !Has(length))
                return state;
            var next = At(length);
            length += next == '\r' && Has(length + 1) && At(length + 1) == '\n' ? 2 : 1;
            if (next is '\r' or '\n' && next != separator)
                return CsvState.Read;
        }
    }

    private CsvState ReadPlain(ref int at, List<string> found)
    {
        var from = at;
        while (true)
        {
            var stop = Rest(at).IndexOfAny(separator == '\0' ? '\n' : separator, '\r', '\n');
            at = stop < 0 ? end - start : at + stop;
            if (at > maxLength)
                return CsvState.TooLong;
            if (stop < 0 && More())
                continue;
            found.Add(new string(buffer, start + from, at - from));
            return CsvState.Read;
        }
    }

    private CsvState ReadQuoted(ref int at, bool backslashes, List<string> found)
    {
        quoted.Clear();
        for (at++; ;)
        {
            var stop = Rest(at).IndexOfAny('"', backslashes ? '\\' : '"');
            var next = stop < 0 ? end - start : at + stop;
            if (next > maxLength)
                return CsvState.TooLong;
            quoted.Append(Rest(at)[..(next - at)]);
            at = next;
            if (stop < 0)
            {
                if (!More())
                    return CsvState.OpenQuote;
                continue;
            }
            var isEscape = At(at) == '\\';
            if (Has(at + 1) && (At(at + 1) == '"' || (isEscape && At(at + 1) == '\\')))
            {
                quoted.Append(At(at + 1));
                at += 2;
            }
            else if (isEscape)
            {
                quoted.Append(At(at++));
            }
            else
            {
                break;
            }
        }
        at++;
        endsInBackslash |= IsOdd(quoted);
        found.Add(quoted.ToString());
        return !Has(at) || At(at) == separator || At(at) is '\r' or '\n' ? CsvState.Read : CsvState.MisplacedQuote;

        static bool IsOdd(StringBuilder cell)
        {
            var backslashes = 0;
            while (backslashes < cell.Length && cell[^(backslashes + 1)] == '\\')
                backslashes++;
            return backslashes % 2 == 1;
        }
    }

    /// <summary>Whether a quoted cell of a tab-separated record swallowed a whole line, which it often does where quotes mean nothing.</summary>
    private bool SwallowsLine(int length, int columns) =>
        tabs && columns > 0 && LineLength() < length && cells.Any(cell => cell.Contains('\t', StringComparison.Ordinal));

    /// <summary>Splits the first line at every tab, as tables do that do not quote.</summary>
    private bool TrySplitLine(int columns, out int length)
    {
        length = LineLength();
        if (length > maxLength)
            return false;
        var split = FirstLine().ToString().Split('\t');
        if (columns == 0 || split.Length != columns)
            return false;
        (cells, other) = ([.. split], cells);
        return true;
    }

    /// <summary>Skips the lines of a damaged record: up to the misplaced quote, and those without a separator after it, which belong to the same text.</summary>
    /// <param name="length">Length of the record up to the damage.</param>
    private void SkipDamaged(CsvState state, int length, int columns)
    {
        // A quote at the beginning of a line opens the next record: the one before is not closed.
        long skips = state == CsvState.MisplacedQuote && !(length >= 2 && At(length - 2) is '\r' or '\n') ? length : 1;
        do
            skips -= SkipLine();
        while (skips > 0 && Has(0));
        while (columns > 1 && Has(0) && !FirstLine().Contains(separator) && !FirstLine().IsEmpty)
            SkipLine();
    }

    /// <returns>Number of characters skipped.</returns>
    private long SkipLine()
    {
        for (var skipped = 0L; ;)
        {
            var stop = Rest(0).IndexOfAny('\r', '\n');
            if (stop >= 0)
            {
                var length = stop + (At(stop) == '\r' && Has(stop + 1) && At(stop + 1) == '\n' ? 2 : 1);
                start += length;
                return skipped + length;
            }
            // The line is not needed and may be very long.
            skipped += end - start;
            start = end;
            if (!More())
                return skipped;
        }
    }

    private void SkipBlankLines()
    {
        while (Has(0) && At(0) is '\r' or '\n')
            start++;
    }

    private char MostFrequent()
    {
        var counts = Count(FirstLine());
        var most = counts.Max();
        return most == 0 ? '\0' : Separators[Array.IndexOf(counts, most)];
    }

    /// <summary>The separator of a table without a header: the one that all of its first lines have equally often.</summary>
    private char MostRegular()
    {
        while (end - start < buffer.Length / 2 && More())
        {
        }
        var lines = new string(buffer, start, end - start).Split('\n').Take(LinesToCompare + 1).ToList();
        // The last line may be cut off.
        if (lines.Count > 1)
            lines.RemoveAt(lines.Count - 1);
        var counts = lines.ConvertAll(line => Count(line));
        foreach (var candidate in "\t;|,")
            if (Separators.IndexOf(candidate, StringComparison.Ordinal) is var index && counts[0][index] > 0 && counts.TrueForAll(line => line[index] == counts[0][index]))
                return candidate;
        return MostFrequent();
    }

    /// <returns><c>[separators]</c>: how often each of them is in the line, outside quotes.</returns>
    private static int[] Count(ReadOnlySpan<char> line)
    {
        var counts = new int[Separators.Length];
        var isQuoted = false;
        foreach (var c in line)
        {
            isQuoted ^= c == '"';
            if (!isQuoted && Separators.IndexOf(c, StringComparison.Ordinal) is >= 0 and var index)
                counts[index]++;
        }
        return counts;
    }

    /// <summary>The first line without its end, as far as it was needed to find the end.</summary>
    private ReadOnlySpan<char> FirstLine()
    {
        var length = LineLength();
        return Rest(0)[..Math.Min(length, end - start)].TrimEnd("\r\n");
    }

    /// <summary>Length of the first line with its end.</summary>
    private int LineLength()
    {
        for (var at = 0; ;)
        {
            var stop = Rest(at).IndexOfAny('\r', '\n');
            if (stop >= 0)
                return at + stop + (At(at + stop) == '\r' && Has(at + stop + 1) && At(at + stop + 1) == '\n' ? 2 : 1);
            at = end - start;
            if (at > maxLength || !More())
                return at;
        }
    }

    private ReadOnlySpan<char> Rest(int at) => buffer.AsSpan(start + at, end - start - at);

    private char At(int at) => buffer[start + at];

    private bool Has(int at)
    {
        while (start + at >= end)
            if (!More())
                return false;
        return true;
    }

    private bool More()
    {
        if (ended)
            return false;
        if (start > 0)
        {
            Array.Copy(buffer, start, buffer, 0, end - start);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = text.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
        return !ended;
    }
}

internal enum CsvState
{
    Read,
    End,
    TooManyCells,

    /// <summary>A closing quote is followed by something other than a separator.</summary>
    MisplacedQuote,
    OpenQuote,
    TooLong,
}
