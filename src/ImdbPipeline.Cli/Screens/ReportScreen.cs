using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The data report of an archive.</summary>
public static class ReportScreen
{
    private const int BarWidth = 30;

    /// <param name="title">The first line, which names the archive.</param>
    public static void Show(IAnsiConsole page, string title, DataReport report)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(report);
        page.Line(title);
        ShowTables(page, report);
        ShowKept(page, report);
        ShowRemoved(page, report);
        page.Line();
        ShowLengths(page, report);
        foreach (var note in Notes(report))
            page.Line(note);
    }

    /// <summary>What a user should know about the data before training on it, one sentence each.</summary>
    public static IEnumerable<string> Notes(DataReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var note in report.Notes)
            yield return $"Note: {note}.";
        if (report.SeemsEnglish == false)
            yield return "Note: the texts do not seem to be in English, the only language that the base model minilm knows. Try a multilingual one: --base-model bert-base-multilingual-uncased";
    }

    public static void Show(IAnsiConsole page, DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        Show(page, $"{manifest.Archive.Name}  {Quantity.Bytes(manifest.Archive.Bytes)}  dataset {manifest.Dataset}/{manifest.Version}", manifest.Report);
        var requested = manifest.Settings.Task ?? LabelledTask.Default;
        if (manifest.Task is { } task && task != requested)
            page.Line($"Note: the labels differ from those of task {PrintableText.OneLine(requested)}, so this dataset belongs to a task of its own: {PrintableText.OneLine(task)}. Use it with --task {PrintableText.OneLine(task)}.");
    }

    /// <summary>Which columns were read, and which split the tables' names give.</summary>
    private static void ShowTables(IAnsiConsole page, DataReport report)
    {
        foreach (var tables in report.Tables)
        {
            var name = tables.Count == 1 ? tables.First : $"{tables.First} and {Quantity.Count(tables.Count - 1)} more";
            var split = tables.Split is { } given ? $" in the split {$"{given}".ToLowerInvariant()} (from the file name)" : "";
            page.Line($"{name}: {Quantity.Count(tables.Rows)} rows{split}; {string.Join(", ", tables.Columns.Select(column => $"{column.Key} from '{column.Value}'"))}");
        }
    }

    private static void ShowKept(IAnsiConsole page, DataReport report)
    {
        var splits = report.Kept.Where(split => split.Value.Values.Sum() > 0).OrderBy(split => split.Key).ToList();
        string[] labels = [.. splits.SelectMany(split => split.Value.Keys).Distinct().Order(StringComparer.Ordinal)];
        var table = new Listing(["label", .. splits.Select(split => new ListColumn(Name(split.Key)) { IsNumber = true }), new ListColumn("share") { IsNumber = true, Rank = 1 }]);
        var labelled = splits.Sum(split => split.Value.Where(label => label.Key != DataReport.Unlabelled).Sum(label => label.Value));
        foreach (var label in labels)
            Row(label, split => split.GetValueOrDefault(label), label == DataReport.Unlabelled ? "" : Quantity.Percent(splits.Sum(split => (double)split.Value.GetValueOrDefault(label)) / labelled));
        if (labels.Length > 1)
            Row("all", split => split.Values.Sum(), "");
        if (report.Movies.Values.Any(count => count > 0))
            table.Add(["films", .. splits.Select(split => report.Movies.GetValueOrDefault(split.Key) is > 0 and var films ? Quantity.Count(films) : ""), ""]);
        page.Line();
        table.Show(page);
        page.Line();

        void Row(string name, Func<IReadOnlyDictionary<string, int>, int> count, string share) =>
            table.Add([name, .. splits.Select(split => count(split.Value) is > 0 and var texts ? Quantity.Count(texts) : ""), share]);
    }

    private static string Name(Split split) => split == Split.Unsup ? DataReport.Unlabelled : $"{split}".ToLowerInvariant();

    // Read minus removed equals kept.
    private static void ShowRemoved(IAnsiConsole page, DataReport report)
    {
        Entry("read", $"{Quantity.Count(report.Read)}", "texts");
        foreach (var (split, count) in report.Duplicates.OrderBy(entry => entry.Key))
            Removed(count, $"exact duplicates within {Name(split)}");
        Removed(report.Leaks, "training texts that are also in test");
        Removed(report.ValidationLeaks, "training texts that are also in validation");
        Removed(report.UnsupLeaks, "unlabelled texts that are also in test or validation");
        Removed(report.Contradictions, "texts with contradictory labels");
        Removed(report.Empty, "empty texts");
        Entry("kept", Quantity.Count(report.Kept.Values.Sum(split => split.Values.Sum())), "texts");
        if (report.Unreadable > 0)
            Entry("left out", Quantity.Count(report.Unreadable), "rows that cannot be read");
        if (report.Ignored > 0)
            Entry("ignored", Quantity.Count(report.Ignored), "other files");
        page.Line(report.ValidationBy switch
        {
            SplitBasis.Archive => "Validation split: as in the archive.",
            SplitBasis.Movie => "Validation split: by film; no film is in both train and validation.",
            SplitBasis.Review => "Validation split: texts of each label, chosen at random.",
            _ => "Validation split: none.",
        });

        void Removed(int count, string reason)
        {
            if (count > 0)
                Entry("", $"-{Quantity.Count(count)}", reason);
        }

        void Entry(string name, string count, string description) => page.Line($"{name,-8}{count,9}  {description}");
    }

    private static void ShowLengths(IAnsiConsole page, DataReport report)
    {
        if (report.LengthHistogram.Count > 0)
        {
            var list = new Listing(new ListColumn("tokens") { IsNumber = true }, new ListColumn("texts") { IsNumber = true }, "");
            var most = report.LengthHistogram.Values.Max();
            foreach (var (bound, count) in report.LengthHistogram.OrderBy(bin => bin.Key))
                list.Add($"up to {Quantity.Count(bound)}", Quantity.Count(count), new string('█', (int)Math.Ceiling((double)count / most * BarWidth)));
            list.Show(page);
        }
        if (report.Lengths.TryGetValue("p50", out var half) && report.Lengths.TryGetValue("p90", out var most90) && report.Lengths.TryGetValue("max", out var longest))
            page.Line($"Half of the texts have at most {Quantity.Count(half)} tokens, 90 % at most {Quantity.Count(most90)}; the longest has {Quantity.Count(longest)}.");
        if (report.TruncatedAt512 > 0)
            page.Line($"{Quantity.Percent(report.TruncatedAt512)} are longer than 512 tokens, the most that models read.");
    }
}
