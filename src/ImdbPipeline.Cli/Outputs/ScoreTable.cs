using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Writes a table: the original columns, then <c>label</c>, <c>score</c>, the score of each class, and <c>error</c> for rows that could not be scored.</summary>
internal sealed class ScoreTable(CsvConfiguration configuration, TextWriter writer, IReadOnlyList<string> labels) : ScoreWriter
{
    private const string Label = "label", Score = "score", Error = "error", Row = "row", Id = "id", Prefix = "predicted_";

    private readonly CsvWriter csv = new(writer, configuration, leaveOpen: true);
    private readonly List<ScoredRow> early = [];
    private readonly SortedSet<string> leftOut = new(StringComparer.Ordinal);
    private string[]? columns;

    /// <summary>Whether a header ends with the columns that this class adds.</summary>
    public static bool HasScores(IReadOnlyList<string> header)
    {
        var label = header.Select(Plain).ToList().LastIndexOf(Label);
        return label >= 0 && label + 2 < header.Count && Plain(header[label + 1]) == Score && Plain(header[^1]) == Error;

        static string Plain(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }

    public override void Write(ScoredRow row)
    {
        // The columns of a file of JSON lines are those of the first row that can be read.
        if (columns is null && row.Source is { Cells: null })
        {
            early.Add(row);
            return;
        }
        WriteHeader(row.Source?.Columns ?? [Row, Id]);
        WriteRow(row);
    }

    public override IReadOnlyList<string> Finish()
    {
        WriteHeader([Row, Id]);
        csv.Flush();
        writer.Flush();
        return leftOut.Count == 0 ? [] : [$"Left out because the first row does not have them: the columns {string.Join(", ", leftOut.Select(PrintableText.OneLine))}."];
    }

    protected override void Dispose(bool disposing)
    {
        csv.Dispose();
        base.Dispose(disposing);
    }

    private void WriteHeader(IReadOnlyList<string> original)
    {
        if (columns is not null)
            return;
        columns = [.. original];
        var taken = new HashSet<string>(columns, StringComparer.OrdinalIgnoreCase);
        foreach (var column in (string[])[.. columns, .. ((string[])[Label, Score, .. labels, Error]).Select(Unique)])
            csv.WriteField(column);
        csv.NextRecord();
        early.ForEach(WriteRow);
        early.Clear();

        string Unique(string name)
        {
            while (!taken.Add(name))
                name = Prefix + name;
            return name;
        }
    }

    private void WriteRow(ScoredRow row)
    {
        var record = row.Record;
        foreach (var cell in Cells(row))
            csv.WriteField(cell);
        csv.WriteField(record.Label);
        csv.WriteField(Number(record.Score));
        for (var label = 0; label < labels.Count; label++)
            csv.WriteField(Number(record.Scores?[label]));
        csv.WriteField(record.Error);
        csv.NextRecord();
    }

    private IEnumerable<string?> Cells(ScoredRow row)
    {
        if (row.Source is not { } source)
            return [row.Record.Row.ToString(CultureInfo.InvariantCulture), row.Record.Id];
        if (source.Cells is not { } cells)
            return columns!.Select(_ => (string?)null);
        if (source.Columns.SequenceEqual(columns!))
            return cells;
        // Rows of JSON may have other properties, in another order.
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < cells.Count; i++)
            values.TryAdd(source.Columns[i], cells[i]);
        leftOut.UnionWith(values.Keys.Except(columns!));
        return columns!.Select(column => values.GetValueOrDefault(column));
    }

    private static string? Number(float? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
