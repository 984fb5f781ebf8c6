using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>Texts in table rows: rows without a label are unlabelled, and without a split column all rows are training rows.</summary>
internal sealed class TableLayout(ArchiveFile archive, ArchiveLimits limits)
{
    private readonly Dictionary<(Split Split, string? Label), int> groups = [];
    private readonly HashSet<string> labels = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> ids = [];

    public bool Any => groups.Count > 0;

    /// <param name="idPrefix">Distinguishes the rows of several tables.</param>
    /// <param name="defaultSplit">Split of rows without a value in the split column.</param>
    public RawText Add(TableRow row, string idPrefix, Split defaultSplit, string member)
    {
        if (row[TableColumn.Text] is not { } text)
            throw archive.Reject(ErrorRules.RowWithoutText, "a text in every row", $"none in row {row.Number}", "Add the text or remove the row.", member);
        if (StrictEncoding.Utf8.GetByteCount(text) > limits.MaxTextBytes)
            throw archive.Reject(ErrorRules.ReviewTooBig, $"texts of at most {limits.MaxTextBytes} bytes", $"more in row {row.Number}", "Check for a missing quote.", member);

        var id = row[TableColumn.Id] is { Length: > 0 } given ? given : row.Number.ToString(CultureInfo.InvariantCulture);
        id = idPrefix + id;
        if (!ids.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id.AsSpan()))))
            throw archive.Reject(ErrorRules.RowIdDuplicate, "unique ids", $"'{UntrustedText.Escape(id)}' again in row {row.Number}", "Make the ids unique, or rename the column.", member);

        return new RawText(id, text, Group(row, defaultSplit, member), Rating(row[TableColumn.Rating]), null, row[TableColumn.Movie] is { Length: > 0 } movie ? movie : null);
    }

    public SourceLayout Resolve(int ignored)
    {
        var names = LabelNames.Sort(labels, archive);
        var index = names.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var resolved = groups.OrderBy(group => group.Value)
            .Select(group => new SourceGroup(group.Key.Split, group.Key.Label is { } label ? index[label] : null, null)).ToList();
        LabelNames.RequireTraining(resolved, archive);
        return new SourceLayout { Labels = names, Groups = resolved, IdPrefix = "", SortById = false, Ignored = ignored };
    }

    private int Group(TableRow row, Split defaultSplit, string member)
    {
        var split = row[TableColumn.Split] is { } name && !string.IsNullOrWhiteSpace(name)
            ? SplitNames.Find(name) ?? throw archive.Reject(
                ErrorRules.SplitUnknown, $"one of {SplitNames.Known}", $"'{UntrustedText.Escape(name)}' in row {row.Number}", "Correct the split column.", member)
            : defaultSplit;
        var label = row[TableColumn.Label]?.Trim();
        if (string.IsNullOrEmpty(label) || SplitNames.IsUnlabelled(label) || split == Split.Unsup)
            (split, label) = (Split.Unsup, null);
        else if (labels.Add(label) && labels.Count > limits.MaxLabels)
            throw archive.Reject(ErrorRules.LabelsTooMany, $"at most {limits.MaxLabels} labels", "more", "Check that this is the label column, or rename it.", member);

        if (!groups.TryGetValue((split, label), out var group))
            group = groups[(split, label)] = groups.Count;
        return group;
    }

    private static int? Rating(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rating) && rating is >= 1 and <= 10 ? rating : null;
}
