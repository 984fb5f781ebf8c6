using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>Texts in table rows: rows without a label are unlabelled, and without a split in a column or a table's name all rows are training rows.</summary>
internal sealed class TableLayout(ArchiveFile archive, ArchiveLimits limits, SourceOptions options)
{
    private const int MaxNamed = 3, MaxTables = 20, LongestMark = 8;
    private const char Mark = '#';

    private readonly List<SourceTable> tables = [];
    private readonly Dictionary<(int Table, Split? Split, string? Label), int> groups = [];
    private readonly List<int> texts = [];
    private readonly HashSet<string> labelKeys = new(StringComparer.Ordinal);
    private readonly LabelSpellings labels = new(isTable: true);
    private readonly HashSet<ulong> ids = [];
    private readonly List<(RowError Error, SourceTable Table)> unreadable = [];
    private int skipped, longestMark;
    private string? repeatedId;
    private bool hasIds;

    public bool Any => tables.Exists(table => table.Rows > 0);

    /// <inheritdoc cref="SourceTable"/>
    public SourceTable Begin(string path, string idPrefix, string member)
    {
        var table = new SourceTable(tables.Count, path, idPrefix, member);
        tables.Add(table);
        return table;
    }

    /// <summary>Forgets the last table, which turned out to hold no texts.</summary>
    public void LeaveOut(SourceTable table) => tables.Remove(table);

    /// <returns>Null if the row cannot be read.</returns>
    public RawText? Add(SourceTable table, TableRow row)
    {
        table.Rows++;
        if (Error(row, table) is { } error)
        {
            Skip(error, table);
            return null;
        }
        table.Take(row.Columns);
        if (row.IsShort)
            table.ShortRows++;
        var id = row[TableColumn.Id] is { } given && !string.IsNullOrWhiteSpace(given) ? given : null;
        if (id is not null)
            CheckId(id, row, table);
        return new RawText(
            id is null ? null : table.IdPrefix + id, row[TableColumn.Text]!, Group(table, row), Rating(row[TableColumn.Rating]), row.Number,
            row[TableColumn.Movie] is { Length: > 0 } movie ? movie : null);
    }

    public SourceLayout Resolve(int ignored)
    {
        RefuseTooManyUnreadable();
        var (splits, notes) = TableSplits.Of(tables);
        foreach (var ((table, split, label), group) in groups.OrderBy(group => group.Value))
            if (label is not null && (split ?? splits[table]) != Split.Unsup)
                labels.Add(label, texts[group]);
        labels.Resolve();
        if (options.Columns.Id is not null && !hasIds && tables.Find(table => table.Columns[TableColumn.Id] < 0) is { } withoutIds)
            throw archive.Reject(ErrorRules.TableColumns, withoutIds.Columns.Missing(TableColumn.Id)!, withoutIds.Member);
        if (labels.Names.Count == 0 && tables.Find(table => table.Columns[TableColumn.Label] < 0) is { } unlabelled)
            throw archive.Reject(ErrorRules.TableColumns, unlabelled.Columns.Missing(TableColumn.Label)!, unlabelled.Member);
        var resolved = groups.OrderBy(group => group.Value).Select(group => Resolve(group.Key.Table, group.Key.Split ?? splits[group.Key.Table] ?? Split.Train, group.Key.Label)).ToList();
        TrainingLabels.Require(labels.Names, resolved, archive);
        if (repeatedId is not null)
            notes = [.. notes, $"rows are identified by number, because the ids in the column {repeatedId}"];
        return new SourceLayout
        {
            Labels = labels.Names,
            Groups = resolved,
            IdPrefix = "",
            NumberMark = hasIds ? new string(Mark, longestMark + 1) : "",
            SortById = false,
            Ignored = ignored,
            Unreadable = skipped,
            Tables = Described(splits),
            Notes = [.. labels.Notes, .. notes, .. Unlabelled(splits), .. Skipped(), .. Short()],
        };
    }

    private SourceGroup Resolve(int table, Split split, string? label)
    {
        int? index = label is null || split == Split.Unsup ? null : labels.IndexOf(label);
        return new SourceGroup(index is null ? Split.Unsup : split, index, null, tables[table].IdPrefix, tables[table].NumbersRows);
    }

    private RowError? Error(TableRow row, SourceTable table)
    {
        // In JSON, each row has columns of its own.
        var missing = table.Columns == TableColumns.TextOnly ? row.Columns.Missing(TableColumn.Text) : null;
        if ((row.Error ?? missing ?? row.Columns.Repeated ?? row.LabelError) is { } error)
            return error.Place is null ? error with { Place = Place() } : error;
        if (row[TableColumn.Text] is not { } text)
            return new RowError(ErrorRules.RowWithoutText, null, "a text in every row", "none", "Add the text or remove the row.", Place());
        return StrictEncoding.Utf8.GetByteCount(text) > limits.MaxTextBytes
            ? new RowError(ErrorRules.ReviewTooBig, null, $"texts of at most {limits.MaxTextBytes} bytes", "more", "Check for a missing quote.", Place())
            : null;

        string Place() => $"row {row.Number}";
    }

    private void Skip(RowError error, SourceTable table)
    {
        skipped++;
        if (unreadable.Count < MaxNamed)
            unreadable.Add((error, table));
    }

    private void RefuseTooManyUnreadable()
    {
        var rows = tables.Sum(table => (long)table.Rows);
        if (skipped <= rows * options.MaxUnreadable)
            return;
        var (first, table) = unreadable[0];
        throw archive.Reject(
            first.Rule, first.Expected, $"{first.Found} ({first.Place}){Others()}", first.Remedy, table.Member, first.Inner);

        string Others() => skipped == 1 ? "" : string.Create(
            CultureInfo.InvariantCulture, $", and {skipped - 1:N0} more of {rows:N0} rows that cannot be read: {string.Join(", ", unreadable.Skip(1).Select(other => other.Error.Place))}{(skipped > MaxNamed ? " …" : "")}");
    }

    private IEnumerable<string> Skipped()
    {
        if (skipped > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{skipped:N0} rows could not be read and are left out: {string.Join(", ", unreadable.Select(row => $"{Named(row.Table)}{row.Error.Place} ({row.Error.Found})"))}{(skipped > MaxNamed ? " …" : "")}");

        static string Named(SourceTable table) => table.Path.Length == 0 ? "" : UntrustedText.Escape(table.Path) + " ";
    }

    private IEnumerable<string> Short()
    {
        if (tables.Sum(table => table.ShortRows) is > 0 and var rows)
            yield return string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows end before the last column; their missing cells are empty");
    }

    /// <summary>Tables whose texts are all unlabelled although their names do not say so.</summary>
    private IEnumerable<string> Unlabelled(IReadOnlyList<Split?> splits) => tables
        .Where(table => table.Columns[TableColumn.Label] < 0 && splits[table.Index] != Split.Unsup)
        .Take(MaxNamed)
        .Select(table => $"{table.Shown(archive)} has no label column: its texts are unlabelled");

    private void CheckId(string id, TableRow row, SourceTable table)
    {
        hasIds = true;
        var mark = id.Length - id.TrimStart(Mark).Length;
        table.NumbersRows |= mark > LongestMark;
        longestMark = Math.Max(longestMark, Math.Min(mark, LongestMark));
        if (ids.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes((table.IdPrefix + id).AsSpan()))))
            return;
        if (row.Columns.HasGivenIds)
            throw archive.Reject(ErrorRules.RowIdDuplicate, "unique ids", $"'{UntrustedText.Escape(id)}' again in row {row.Number}", "Make the ids unique, or rename the column.", table.Member);
        table.NumbersRows = true;
        repeatedId ??= $"'{UntrustedText.Escape(row.Columns.Header[row.Columns[TableColumn.Id]])}' are not unique ('{UntrustedText.Escape(id)}' repeats in row {row.Number})";
    }

    private int Group(SourceTable table, TableRow row)
    {
        Split? split = row[TableColumn.Split] is { } name && !string.IsNullOrWhiteSpace(name) && !LabelSpellings.IsNone(name)
            ? SplitNames.Find(name) ?? throw archive.Reject(
                ErrorRules.SplitUnknown, $"one of {SplitNames.Known}", $"'{UntrustedText.Escape(name)}' in row {row.Number}", "Correct the split column.", table.Member)
            : null;
        var label = row[TableColumn.Label]?.Trim();
        if (string.IsNullOrEmpty(label) || split == Split.Unsup)
            label = null;
        if (groups.TryGetValue((table.Index, split, label), out var known))
        {
            texts[known]++;
            return known;
        }
        if (label is not null)
            LabelText.Require(label, limits.MaxLabelLength, archive, $"in row {row.Number}", table.Member);
        if (label is not null && labelKeys.Add(LabelSpellings.Key(label)) && labelKeys.Count > limits.MaxLabels)
            throw archive.Reject(ErrorRules.LabelsTooMany, $"at most {limits.MaxLabels} labels", "more", "Check that this is the label column, or choose another one.", table.Member);

        texts.Add(1);
        return groups[(table.Index, split, label)] = groups.Count;
    }

    private List<SourceTables> Described(IReadOnlyList<Split?> splits) => [.. tables
        .Where(table => table.Rows > 0)
        .GroupBy(table => (Split: splits[table.Index], Columns: string.Join('\n', table.Columns.Taken().Select(taken => $"{taken.Column}\t{taken.Name}"))))
        .Select(same => new SourceTables(
            same.First().Shown(archive), same.Count(), same.Sum(table => table.Rows), same.Key.Split,
            same.First().Columns.Taken().ToDictionary(taken => TableColumns.Name(taken.Column), taken => UntrustedText.Escape(taken.Name))))
        .Take(MaxTables)];

    private static int? Rating(string? value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rating) && rating is >= 1 and <= 10 && rating == Math.Floor(rating) ? (int)rating : null;
}
