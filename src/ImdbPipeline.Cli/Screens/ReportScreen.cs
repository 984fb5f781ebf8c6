using ImdbPipeline.Core.Datasets;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>What was found in an archive.</summary>
public static class ReportScreen
{
    private const int BarWidth = 30;

    /// <param name="title">What the report is about.</param>
    public static void Show(IAnsiConsole page, string title, DataReport report)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(report);
        page.Line(title);
        ShowKept(page, report);
        ShowRemoved(page, report);
        page.Line();
        ShowLengths(page, report);
    }

    public static void Show(IAnsiConsole page, DatasetManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        Show(page, $"{manifest.Archive.Name}  {Quantity.Bytes(manifest.Archive.Bytes)}  data set {manifest.Dataset}/{manifest.Version}", manifest.Report);
    }

    private static void ShowKept(IAnsiConsole page, DataReport report)
    {
        string[] labels = [.. report.Kept.Values.SelectMany(split => split.Keys).Distinct().Order(StringComparer.Ordinal)];
        var table = new Table().SimpleBorder().AddColumn("split");
        foreach (var label in labels)
            table.AddColumn(new TableColumn(new Text(label)).RightAligned());
        table.AddColumn(new TableColumn("all").RightAligned()).AddColumn("balance").AddColumn(new TableColumn("movies").RightAligned());
        foreach (var (split, counts) in report.Kept.OrderBy(entry => entry.Key))
        {
            var all = counts.Values.Sum();
            var movies = report.Movies.TryGetValue(split, out var number) ? number : 0;
            string[] cells =
            [
                $"{split}".ToLowerInvariant(), .. labels.Select(label => Quantity.Count(counts.TryGetValue(label, out var count) ? count : 0)),
                Quantity.Count(all), Balance(counts.Values, all), movies > 0 ? Quantity.Count(movies) : "",
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        page.Write(table);
    }

    // The largest label's share: 50 % for two labels in balance.
    private static string Balance(IEnumerable<int> counts, int all) =>
        all > 0 && counts.Count(count => count > 0) > 1 ? $"{Quantity.Percent((double)counts.Max() / all)} at most" : "";

    // A ledger: what was read, less what was removed, is what was kept.
    private static void ShowRemoved(IAnsiConsole page, DataReport report)
    {
        Entry("read", $"{Quantity.Count(report.Read)}", "reviews");
        foreach (var (split, count) in report.Duplicates.OrderBy(entry => entry.Key))
            Removed(count, $"exact copies within {$"{split}".ToLowerInvariant()}");
        Removed(report.Leaks, "training reviews that are test reviews as well");
        Removed(report.ValidationLeaks, "training reviews that are validation reviews as well");
        Removed(report.UnsupLeaks, "unlabelled reviews that are test or validation reviews as well");
        Removed(report.Contradictions, "reviews whose text has two labels");
        Removed(report.Empty, "reviews without text");
        Entry("kept", Quantity.Count(report.Kept.Values.Sum(split => split.Values.Sum())), "reviews");
        Entry("ignored", Quantity.Count(report.Ignored), "files that are no reviews");
        page.Line(report.ValidationBy switch
        {
            SplitBasis.Archive => "validation: as the archive has it",
            SplitBasis.Movie => "validation: whole movies held out, none is on both sides",
            SplitBasis.Review => "validation: single reviews held out",
            _ => "validation: none",
        });

        void Removed(int count, string what)
        {
            if (count > 0)
                Entry("", $"-{Quantity.Count(count)}", what);
        }

        void Entry(string name, string count, string what) => page.Line($"{name,-8}{count,9}  {what}");
    }

    private static void ShowLengths(IAnsiConsole page, DataReport report)
    {
        page.Line("length in word pieces");
        var longest = Math.Max(1, report.Lengths.Values.DefaultIfEmpty(1).Max());
        // Square roots: the longest review would leave nothing of the others' bars.
        foreach (var (percentile, length) in report.Lengths.OrderBy(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal))
            page.Line($"  {percentile,-4} {Quantity.Count(length),7}  {Quantity.Bar(Math.Sqrt((double)length / longest), BarWidth)}");
        page.Line($"  {Quantity.Percent(report.TruncatedAt512)} are longer than 512 and will be cut there");
    }
}
