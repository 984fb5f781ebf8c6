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
        MetricsScreen.Show(page, trained.State.Metrics);
        foreach (var note in trained.State.Notes)
            page.Line($"Note: {note}.");
    }
}
