using System.Globalization;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>
/// The labels of an archive. Spellings that differ only in case, blanks and what cannot be seen, and equal numbers, are one label, called by the first of
/// them.
/// </summary>
/// <param name="isTable">Whether the labels are table cells, where words such as <c>nan</c> stand for a missing value; a folder's name never does.</param>
internal sealed class LabelSpellings(bool isTable)
{
    private const int MaxNotes = 5, MaxSpellings = 3;

    private static readonly HashSet<string> NoLabel = ["", "nan", "none", "null", "nil", "na", "n/a", "#n/a", "<na>", "nat"];

    // Spellings in the order of their first text.
    private readonly List<(string Spelling, string Key)> spellings = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private Dictionary<string, int>? indexes;

    /// <summary>Label names: numbers by value, other names ordinally.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>What was decided about labels that could be understood otherwise.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    public static bool IsNone(string label) => NoLabel.Contains(label.Trim().ToLowerInvariant());

    public void Add(string spelling, int texts = 1)
    {
        if (counts.TryGetValue(spelling, out var count))
        {
            counts[spelling] = count + texts;
            return;
        }
        counts[spelling] = texts;
        var key = Key(spelling);
        spellings.Add((spelling, key));
        if (!IsMissing(spelling))
            keys.Add(key);
    }

    /// <summary>Decides which spellings are the same label, once all texts have been seen.</summary>
    public void Resolve()
    {
        var missing = spellings.Where(label => IsMissing(label.Spelling) || (label.Key == "-1" && AreNumberedFromZero())).ToList();
        var labels = spellings.Except(missing).GroupBy(label => label.Key).Select(label => (label.Key, Name: LabelText.Clean(label.First().Spelling), Others: label.Skip(1).Select(other => other.Spelling).ToList())).ToList();
        Names = Sort([.. labels.Select(label => label.Name)]);
        var places = Names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var byKey = labels.ToDictionary(label => label.Key, label => places[label.Name], StringComparer.Ordinal);
        indexes = spellings.Except(missing).ToDictionary(label => label.Spelling, label => byKey[label.Key], StringComparer.Ordinal);

        var notes = labels.Where(label => label.Others.Count > 0)
            .Select(label => $"the label {Quote(label.Name)} is also spelled {Listed(label.Others)}: treated as one label").ToList();
        var empty = missing.Where(label => label.Spelling.Length > 0 && !SplitNames.IsUnlabelled(label.Spelling)).ToList();
        if (empty.Count > 0)
            notes.Insert(0, $"texts labelled {Listed([.. empty.Select(label => label.Spelling)])} are treated as unlabelled; if it is a real label, rename it");
        Notes = notes.Count <= MaxNotes ? notes : [.. notes.Take(MaxNotes), $"{notes.Count - MaxNotes} more labels are spelled in several ways"];

        string Listed(List<string> listed) => string.Join(" and ", listed.Take(MaxSpellings).Select(Times)) + (listed.Count > MaxSpellings ? $" and in {listed.Count - MaxSpellings} more ways" : "");

        string Times(string spelling) => $"{Quote(spelling)} ({counts[spelling].ToString("N0", CultureInfo.InvariantCulture)})";
    }

    /// <summary>Index into <see cref="Names"/>; null if the spelling means that a text has no label.</summary>
    public int? IndexOf(string spelling) =>
        (indexes ?? throw new InvalidOperationException("The labels are only known after all texts have been read.")).TryGetValue(spelling, out var index) ? index : null;

    private bool IsMissing(string spelling) => SplitNames.IsUnlabelled(spelling) || (isTable && IsNone(spelling));

    /// <summary>Hugging Face's data sets write -1 where the label is not known.</summary>
    private bool AreNumberedFromZero() =>
        keys.Count > 2 && Enumerable.Range(0, keys.Count - 1).All(label => keys.Contains(label.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Equal for all spellings of a label.</summary>
    public static string Key(string spelling) => Number(spelling) is { } number
        ? number.ToString("R", CultureInfo.InvariantCulture)
        : string.Join(' ', LabelText.Clean(spelling).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static IReadOnlyList<string> Sort(List<string> names) => names.TrueForAll(name => Number(name) is not null)
        ? [.. names.OrderBy(Number)]
        : [.. names.Order(StringComparer.Ordinal)];

    // "-0" equals "0"; other values that a double cannot tell apart stay apart by their spelling.
    private static double? Number(string spelling) =>
        spelling.Length <= 15 && double.TryParse(spelling, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number + 0.0
            : null;

    private static string Quote(string label) => $"'{UntrustedText.Escape(label)}'";
}
