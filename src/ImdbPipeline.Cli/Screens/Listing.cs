using System.Text;
using ImdbPipeline.Core.Foundation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImdbPipeline.Cli.Screens;

/// <summary>
/// Rows with named columns. No value is ever broken: on a narrow page, columns are left out or the rows become blocks of lines. Redirected output
/// is separated by tabs.
/// </summary>
internal sealed class Listing(params IReadOnlyList<ListColumn> columns)
{
    private const string Gap = "  ";

    /// <summary>Narrower sentences are written below their row.</summary>
    private const int MinTextWidth = 32;

    private readonly List<string[]> rows = [];

    /// <summary>In cells of the terminal, the widest of each column.</summary>
    private readonly int[] widths = [.. columns.Select(column => column.Title.Length)];

    public bool IsEmpty => rows.Count == 0;

    /// <param name="cells">One for each column.</param>
    public void Add(params IReadOnlyList<string?> cells)
    {
        if (cells.Count != columns.Count)
            throw new ArgumentException($"expected {columns.Count} cells, found {cells.Count}", nameof(cells));
        string[] row = [.. cells.Select(cell => PrintableText.OneLine(cell ?? ""))];
        for (var i = 0; i < row.Length; i++)
            widths[i] = Math.Max(widths[i], Length(row[i]));
        rows.Add(row);
    }

    public void Show(IAnsiConsole page)
    {
        if (page.IsRedirected())
            ShowTabs(page);
        else
            ShowFitted(page, page.Profile.Width);
    }

    private void ShowTabs(IAnsiConsole page)
    {
        page.Line(string.Join('\t', columns.Select(column => column.Title)));
        foreach (var row in rows)
            page.Line(string.Join('\t', row));
    }

    private void ShowFitted(IAnsiConsole page, int width)
    {
        var filled = Enumerable.Range(0, columns.Count).Where(i => rows.Exists(row => row[i].Length > 0)).ToLookup(i => columns[i].IsText);
        var shown = filled[false].ToList();
        while (Width(shown) > width && shown.Where(i => columns[i].Rank > 0).OrderByDescending(i => columns[i].Rank).Cast<int?>().FirstOrDefault() is { } least)
            shown.Remove(least);
        if (Width(shown) > width)
            ShowBlocks(page, width);
        else
            ShowRows(page, width, shown, filled[true].Cast<int?>().FirstOrDefault());
    }

    private void ShowRows(IAnsiConsole page, int width, List<int> shown, int? text)
    {
        var left = width - Width(shown) - Gap.Length;
        var beside = text is { } t && (left >= MinTextWidth || rows.TrueForAll(row => Length(row[t]) <= left));
        page.Line((Line(shown, i => columns[i].Title.ToUpperInvariant()) + (beside ? Gap + columns[text!.Value].Title.ToUpperInvariant() : "")).TrimEnd());
        foreach (var row in rows)
        {
            var line = Line(shown, i => row[i]);
            var sentence = text is { } at ? row[at] : "";
            if (!beside || sentence.Length == 0)
                page.Line(line.TrimEnd());
            foreach (var (number, part) in Wrap(sentence, beside ? left : width - Gap.Length).Index())
                page.Line((!beside ? Gap : number == 0 ? line + Gap : new string(' ', Width(shown) + Gap.Length)) + part);
        }
    }

    private void ShowBlocks(IAnsiConsole page, int width)
    {
        var titles = columns.Max(column => column.Title.Length) + Gap.Length;
        foreach (var (number, row) in rows.Index())
        {
            if (number > 0)
                page.Line();
            foreach (var i in Enumerable.Range(0, columns.Count).Where(i => row[i].Length > 0))
                foreach (var (line, part) in (columns[i].IsText ? Wrap(row[i], width - titles) : [row[i]]).Index())
                    page.Line((line == 0 ? columns[i].Title : "").PadRight(titles) + part);
        }
    }

    /// <returns>The text in lines of at most this width, broken between words; longer words stay whole.</returns>
    internal static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && Length(line.ToString()) + 1 + Length(word) > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }
        if (line.Length > 0)
            yield return line.ToString();
    }

    private string Line(List<int> shown, Func<int, string> cell) => string.Join(Gap, shown.Select(i =>
    {
        var padding = new string(' ', widths[i] - Length(cell(i)));
        return columns[i].IsNumber ? padding + cell(i) : cell(i) + padding;
    }));

    private int Width(List<int> shown) => shown.Sum(i => widths[i]) + (Gap.Length * Math.Max(0, shown.Count - 1));

    /// <summary>In cells of the terminal.</summary>
    private static int Length(string text) => new Segment(text).CellCount();
}
