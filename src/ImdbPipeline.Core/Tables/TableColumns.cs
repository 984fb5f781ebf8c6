using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>The columns of a table: chosen, or recognized by their names.</summary>
internal sealed class TableColumns
{
    public const int Count = 6;

    private const int MaxNamesShown = 20, MaxNameLength = 40;

    // In order of preference, as Normalize writes them.
    private static readonly string[][] Names =
    [
        [
            "text", "review", "reviewtext", "reviewbody", "sentence", "content", "comment", "commenttext", "document", "body", "message", "tweet", "phrase",
            "utterance",
        ],
        ["label", "labels", "sentiment", "class", "target", "category", "polarity", "labeltext"],
        ["id", "reviewid"],
        ["split", "subset"],
        ["rating", "stars", "starrating", "score", "overall"],
        ["movie", "movieid", "film", "title", "product"],
    ];

    // Names of ids that do not end in "id". Data frames write their index without a name.
    private static readonly HashSet<string> IdNames = ["idx", "index", "key", "guid", "uuid", "", "unnamed: 0"];

    // These ids belong to something that has many texts.
    private static readonly string[] GroupIds =
        ["user", "author", "reviewer", "customer", "client", "account", "person", "speaker", "annotator", "worker", "product", "item", "business", "parent", "thread", "topic", "session", "conversation", "group", "class", "label", "category"];

    private static readonly HashSet<string> WordsInId =
        ["paid", "unpaid", "prepaid", "valid", "isvalid", "invalid", "avoid", "android", "covid", "said", "bid", "kid", "grid", "hybrid", "rapid", "solid", "acid", "raid", "maid", "void", "liquid"];

    private static readonly Dictionary<string, (TableColumn Column, int Rank)> Known = Names
        .SelectMany((names, column) => names.Select((name, rank) => (name, column, rank)))
        .ToDictionary(known => known.name, known => ((TableColumn)known.column, known.rank), StringComparer.Ordinal);

    private readonly int[] positions = new int[Count];
    private readonly RowError?[] unknown = new RowError?[Count];

    public TableColumns(string[] header, ColumnChoice choice)
    {
        Header = header;
        Array.Fill(positions, -1);
        Choose(TableColumn.Text, choice.Text, Named);
        Choose(TableColumn.Label, choice.Label, Named);
        Choose(TableColumn.Id, choice.Id, Named);
        Recognize();
        HasGivenIds = this[TableColumn.Id] >= 0;
        if (this[TableColumn.Label] < 0)
            (this[TableColumn.Label], this[TableColumn.Rating]) = (this[TableColumn.Rating], -1);
        if (this[TableColumn.Id] < 0)
            this[TableColumn.Id] = FindId();
        Repeated = FindRepeated();

        int Named(string name) => Array.FindIndex(header, cell => cell.Trim().Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
    }

    private TableColumns(int count, ColumnChoice choice)
    {
        Header = [.. Enumerable.Range(1, count).Select(position => $"{position}")];
        Array.Fill(positions, -1);
        Choose(TableColumn.Text, choice.Text, Numbered);
        Choose(TableColumn.Label, choice.Label, Numbered);
        Choose(TableColumn.Id, choice.Id, Numbered);
        HasGivenIds = this[TableColumn.Id] >= 0;

        int Numbered(string name) => ColumnChoice.Position(name) is { } position && position < count ? position : -1;
    }

    /// <summary>A table without names, whose only column is the text.</summary>
    public static TableColumns TextOnly { get; } = new(["text"], ColumnChoice.None);

    /// <summary>The columns of a table without a header.</summary>
    public static TableColumns ByPosition(int count, ColumnChoice choice) => new(count, choice);

    public string[] Header { get; }

    /// <summary>Whether the id column was chosen or is called id, and is not merely the only one that looks like it.</summary>
    public bool HasGivenIds { get; }

    /// <summary>A column that is read and whose name other columns have too.</summary>
    public RowError? Repeated { get; }

    /// <summary>A chosen column that is not there.</summary>
    public RowError? Unknown => Array.Find(unknown, error => error is not null);

    /// <summary>The column's position in the header; -1 if missing.</summary>
    public int this[TableColumn column]
    {
        get => positions[(int)column];
        private set => positions[(int)column] = value;
    }

    /// <param name="value">The value at a position of the header.</param>
    /// <param name="keepCells">Whether the row has the values of all columns.</param>
    public TableRow Row(int number, Func<int, string?> value, bool keepCells)
    {
        var row = new TableRow(number, this) { Cells = keepCells ? [.. Enumerable.Range(0, Header.Length).Select(value)] : null };
        for (var column = 0; column < Count; column++)
            if (positions[column] >= 0)
                row[(TableColumn)column] = value(positions[column]);
        return row;
    }

    /// <returns>Null if all the columns are there.</returns>
    public RowError? Missing(params ReadOnlySpan<TableColumn> required)
    {
        foreach (var column in required)
            if (this[column] < 0)
                return unknown[(int)column] ?? new RowError(
                    ErrorRules.TableColumns, null, $"a {Name(column)} column, named {string.Join(", ", Names[(int)column])}",
                    $"the columns {Shown()}", $"Name the column in the first row, or choose it with --{Name(column)}-column (in a settings file: {Name(column)}Column).");
        return null;
    }

    /// <summary>The names of the columns that are read, by use.</summary>
    public IEnumerable<(TableColumn Column, string Name)> Taken() =>
        Enum.GetValues<TableColumn>().Where(column => this[column] >= 0).Select(column => (column, Header[this[column]]));

    /// <summary>A column's use as a word: text, label, id …</summary>
    public static string Name(TableColumn column) => column.ToString().ToLowerInvariant();

    private void Choose(TableColumn column, string? name, Func<string, int> find)
    {
        if (name is null)
            return;
        this[column] = find(name);
        if (this[column] < 0)
            unknown[(int)column] = new RowError(
                ErrorRules.TableColumns, null, $"the {Name(column)} column '{UntrustedText.Escape(name)}'", $"the columns {Shown()}",
                "Correct the column's name. A number is the position of a column, counted from 1, in a table without a header.");
    }

    private void Recognize()
    {
        var ranks = new int[Count];
        Array.Fill(ranks, int.MaxValue);
        // Chosen columns stay, and serve nothing else.
        for (var column = 0; column < Count; column++)
            if (positions[column] >= 0)
                ranks[column] = -1;
        var chosen = positions.Where(position => position >= 0).ToHashSet();
        for (var position = 0; position < Header.Length; position++)
            if (!chosen.Contains(position) && Known.TryGetValue(Normalize(Header[position]), out var known) && known.Rank < ranks[(int)known.Column])
                (positions[(int)known.Column], ranks[(int)known.Column]) = (position, known.Rank);
    }

    /// <returns>The only column that looks like an id; -1 if there is none or several.</returns>
    private int FindId()
    {
        var found = -1;
        for (var position = 0; position < Header.Length; position++)
        {
            if (Array.IndexOf(positions, position) >= 0 || !LooksLikeId(Header[position].Trim()))
                continue;
            if (found >= 0)
                return -1;
            found = position;
        }
        return found;
    }

    private RowError? FindRepeated()
    {
        foreach (var (column, name) in Taken())
        {
            var same = Header.Count(other => Normalize(other) == Normalize(name));
            if (same > 1)
                return new RowError(
                    ErrorRules.TableColumns, null, $"one {Name(column)} column", $"{same} columns named '{UntrustedText.Escape(name)}'", "Rename or remove all but one of them.");
        }
        return null;
    }

    private static bool LooksLikeId(string name)
    {
        var lower = name.ToLowerInvariant();
        var normal = Normalize(name);
        if (IdNames.Contains(lower))
            return true;
        return normal.EndsWith("id", StringComparison.Ordinal) && !WordsInId.Contains(lower.Split('_', '-', ' ')[^1]) && !GroupIds.Any(group => normal.StartsWith(group, StringComparison.Ordinal));
    }

    private static string Normalize(string name) =>
        name.Trim().ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private string Shown() => string.Join(", ", Header.Take(MaxNamesShown).Select(name => $"'{UntrustedText.Escape(name.Length > MaxNameLength ? name[..MaxNameLength] : name)}'"));
}
