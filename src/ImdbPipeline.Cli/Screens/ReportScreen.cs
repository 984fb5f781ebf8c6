using System.Globalization;
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
        string[] labels = [.. report.Kept.Values.SelectMany(split => split.Keys).Distinct().Order(StringComparer.Ordinal)];
        var table = new Table().SimpleBorder().AddColumn("split");
        foreach (var label in labels)
            table.AddColumn(new TableColumn(new Text(label)).RightAligned());
        table.AddColumn(new TableColumn("all").RightAligned()).AddColumn("largest label");
        var hasMovies = report.Movies.Values.Any(count => count > 0);
        if (hasMovies)
            table.AddColumn(new TableColumn("movies").RightAligned());
        foreach (var (split, counts) in report.Kept.OrderBy(entry => entry.Key))
        {
            var all = counts.Values.Sum();
            var movies = report.Movies.TryGetValue(split, out var number) ? number : 0;
            string[] movieCell = hasMovies ? [movies > 0 ? Quantity.Count(movies) : ""] : [];
            string[] cells =
            [
                $"{split}".ToLowerInvariant(), .. labels.Select(label => Quantity.Count(counts.TryGetValue(label, out var count) ? count : 0)),
                Quantity.Count(all), LargestShare(counts.Values, all), .. movieCell,
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        page.Write(table);
    }

    // The share of the most frequent label: 50 % for two balanced labels.
    private static string LargestShare(IEnumerable<int> counts, int all) =>
        all > 0 && counts.Count(count => count > 0) > 1 ? Quantity.Percent((double)counts.Max() / all) : "";

    // Read minus removed equals kept.
    private static void ShowRemoved(IAnsiConsole page, DataReport report)
    {
        Entry("read", $"{Quantity.Count(report.Read)}", "texts");
        foreach (var (split, count) in report.Duplicates.OrderBy(entry => entry.Key))
            Removed(count, $"exact duplicates within {$"{split}".ToLowerInvariant()}");
        Removed(report.Leaks, "training texts that are also in test");
        Removed(report.ValidationLeaks, "training texts that are also in validation");
        Removed(report.UnsupLeaks, "unlabelled texts that are also in test or validation");
        Removed(report.Contradictions, "texts with contradictory labels");
        Removed(report.Empty, "empty texts");
        Entry("kept", Quantity.Count(report.Kept.Values.Sum(split => split.Values.Sum())), "texts");
        if (report.Unreadable > 0)
            Entry("left out", Quantity.Count(report.Unreadable), "rows that cannot be read");
        Entry("ignored", Quantity.Count(report.Ignored), "other files");
        page.Line(report.ValidationBy switch
        {
            SplitBasis.Archive => "validation: as split in the archive",
            SplitBasis.Movie => "validation: split by movie; no movie is in both train and validation",
            SplitBasis.Review => "validation: split by text",
            _ => "validation: none",
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
        page.Line("length in tokens");
        var longest = Math.Max(1, report.Lengths.Values.DefaultIfEmpty(1).Max());
        // Square roots, so that one very long text does not shrink all other bars to nothing.
        foreach (var (percentile, length) in report.Lengths.OrderBy(entry => entry.Key == "max" ? 100 : int.Parse(entry.Key.AsSpan(1), CultureInfo.InvariantCulture)))
            page.Line($"  {percentile,-4} {Quantity.Count(length),7}  {Quantity.Bar(Math.Sqrt((double)length / longest), BarWidth)}");
        page.Line($"  {Quantity.Percent(report.TruncatedAt512)} are longer than 512 tokens and will be truncated");
    }
}
