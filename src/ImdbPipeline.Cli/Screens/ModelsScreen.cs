using System.Globalization;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
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
        List([.. models.Select(model => new ModelStatus(model.Version, model.Metrics, model.Dataset, model.CreatedAt, model.Task))], [.. champions.Values.Select(champion => champion.Model).OfType<string>()]).Show(page);
        page.Line();
        foreach (var (task, champion) in champions)
        {
            page.Line($"Task {PrintableText.OneLine(task)}");
            ShowChampion(page, champion);
        }
    }

    public static void Show(IAnsiConsole page, ModelManifest model)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(model);
        var facts = new Facts();
        facts.Add("model", model.Version);
        facts.Add("task", model.Task ?? LabelledTask.Default);
        facts.Add("labels", string.Join(", ", model.Labels));
        facts.Add("dataset", model.Dataset);
        facts.Add("run", model.Run);
        facts.Add("base model", model.BaseModel);
        facts.Add("published", At(model.CreatedAt));
        facts.Add("files", string.Join(", ", model.Files.Select(file => $"{file.Path} ({Quantity.Bytes(file.Bytes)})")));
        facts.Show(page);
        page.Line();
        MetricsScreen.Show(page, model.Metrics);
    }

    /// <param name="champions">Marked with an asterisk.</param>
    internal static Listing List(IReadOnlyList<ModelStatus> models, IReadOnlyCollection<string> champions)
    {
        var list = new Listing(
            "", "model", new ListColumn("task") { Rank = 1 }, new ListColumn("validation") { IsNumber = true }, new ListColumn("test") { IsNumber = true }, new ListColumn("dataset") { Rank = 3 },
            new ListColumn("published") { Rank = 2 });
        foreach (var model in models)
            list.Add(
                champions.Contains(model.Version) ? "*" : "", model.Version, model.Task, Accuracy(Metric(model, ModelManifest.ValidationAccuracyName)), Accuracy(Metric(model, ModelManifest.TestAccuracyName)), model.Dataset,
                At(model.CreatedAt));
        return list;
    }

    private static double? Metric(ModelStatus model, string name) => model.Metrics.TryGetValue(name, out var value) ? value : null;

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
