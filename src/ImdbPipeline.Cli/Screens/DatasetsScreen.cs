using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Operations;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The prepared datasets.</summary>
internal static class DatasetsScreen
{
    public static Listing List(IReadOnlyList<DatasetStatus> datasets)
    {
        var list = new Listing("dataset", "version", new ListColumn("task") { Rank = 1 }, new ListColumn("archive") { Rank = 3 }, new ListColumn("ingested") { Rank = 2 }, new ListColumn("texts") { IsText = true });
        foreach (var dataset in datasets)
            list.Add(
                dataset.Dataset, dataset.Version, dataset.Task, dataset.Archive, ModelsScreen.At(dataset.CreatedAt),
                string.Join(", ", dataset.Reviews.Where(split => split.Value > 0).Select(split => $"{(split.Key == "unsup" ? DataReport.Unlabelled : split.Key)} {Quantity.Count(split.Value)}")));
        return list;
    }
}
