using System.Globalization;
using ImdbPipeline.Learning.ModelFolders;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>A model that was just trained into a folder.</summary>
public static class TrainedModelScreen
{
    public static void Show(IAnsiConsole page, TrainedModel trained)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(trained);
        page.Line($"Model in {trained.Folder}, trained from {trained.State.BaseModel} in {Quantity.Count(trained.State.GlobalStep)} steps; labels {string.Join(", ", trained.Labels)}");
        var width = trained.State.Metrics.Keys.Select(name => name.Length).DefaultIfEmpty().Max();
        foreach (var (name, value) in trained.State.Metrics)
            page.Line(string.Create(CultureInfo.InvariantCulture, $"  {name.PadRight(width)}  {value:0.####}"));
        foreach (var note in trained.State.Notes)
            page.Line($"  {note}");
    }
}
