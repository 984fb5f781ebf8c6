using System.Globalization;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Registry;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The published models and the champion's history.</summary>
public static class ModelsScreen
{
    private const int MaxHistory = 10;

    public static void ShowList(IAnsiConsole page, IReadOnlyDictionary<string, Champion> champions, IReadOnlyList<ModelManifest> models)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(champions);
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
        {
            page.Line("No published models yet. Train one: imdb retrain --wait");
            return;
        }
        var table = new Table().SimpleBorder()
            .AddColumn("").AddColumn("model").AddColumn("task").AddColumn("validation").AddColumn("test").AddColumn("dataset").AddColumn("base").AddColumn("published");
        foreach (var model in models)
            table.AddRow(
                new Text(champions.Values.Any(champion => champion.Model == model.Version) ? "*" : ""), new Text(model.Version), new Text(PrintableText.OneLine(model.Task ?? "")),
                new Text(Accuracy(model.ValidationAccuracy)),
                new Text(Accuracy(model.Metrics.TryGetValue("testAccuracy", out var test) ? test : null)),
                new Text(model.Dataset ?? ""), new Text(model.BaseModel ?? ""), new Text(At(model.CreatedAt)));
        page.Write(table);
        foreach (var (task, champion) in champions)
        {
            page.Line($"Task {PrintableText.OneLine(task)}");
            ShowChampion(page, champion);
        }
    }

    public static void ShowChampion(IAnsiConsole page, Champion champion)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(champion);
        page.Line($"Champion: {champion.Model ?? "none yet"}");
        foreach (var step in champion.History.TakeLast(MaxHistory))
            page.Line($"  {At(step.At)}  {step.Action.ToString().ToLowerInvariant(),-8}  {step.Model}  by {step.By}");
    }

    internal static string Accuracy(double? accuracy) => accuracy?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    internal static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
