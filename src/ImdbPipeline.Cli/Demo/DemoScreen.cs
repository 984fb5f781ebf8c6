using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Storage;
using Spectre.Console;

namespace ImdbPipeline.Cli.Demo;

/// <summary>The results of the demo: example scores, accuracy, file locations and next steps.</summary>
public static class DemoScreen
{
    private const int TextWidth = 70;

    public static void Show(IAnsiConsole page, DemoOptions options, DemoResult result)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(result);
        foreach (var example in result.Examples)
        {
            page.Line($"  {(example.Score.Label == example.Truth ? "right" : "wrong")}  {PredictionScreen.Line(example.Score)}");
            page.Line($"         {Shorten(example.Text)}");
        }
        page.Line();
        EvaluationScreen.Show(page, result.Champion.Version, $"{result.Scored.File}", result.Evaluation, result.Champion.Labels);
        page.Line();
        ShowFiles(page, options, result);
        ShowNext(page, options);
    }

    private static void ShowFiles(IAnsiConsole page, DemoOptions options, DemoResult result)
    {
        page.Line("Files");
        page.Line($"  dataset     {StorageLayout.Prepared}/{StorageLayout.Manifest(result.Dataset.Dataset, result.Dataset.Version)}");
        page.Line($"  model       {StorageLayout.Models}/{StorageLayout.ModelFolder(result.Champion.Version)}");
        page.Line($"  champion    {StorageLayout.Models}/{StorageLayout.Champion(result.Champion.Task ?? LabelledTask.Default)}");
        page.Line($"  scores      {StorageLayout.Scores}/{result.Scored.Scores}");
        page.Line($"  local copy  {result.Scores}");
        page.Line($"  storage     {options.AzuriteFolder}");
        page.Line($"  log         {options.Log}");
        page.Line();
    }

    private static void ShowNext(IAnsiConsole page, DemoOptions options)
    {
        var imdb = CommandPrefix.Prefix();
        page.Line("Next steps");
        page.Line($"  {imdb} up --azurite-folder {options.AzuriteFolder}");
        page.Line("In another terminal:");
        page.Line($"  {imdb} status");
        page.Line($"  {imdb} score \"The villain is superb, but the script buries the whole thing.\"");
        page.Line($"  {imdb} upload my-texts.zip --wait");
        page.Line($"  {imdb} retrain --wait");
    }

    private static string Shorten(string text)
    {
        var line = string.Join(' ', text.Replace("<br />", " ", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= TextWidth ? line : line[..(TextWidth - 1)] + "…";
    }
}
