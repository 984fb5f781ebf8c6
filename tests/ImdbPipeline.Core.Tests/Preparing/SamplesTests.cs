using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Tables;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Preparing;

/// <summary>The files of <c>docs/samples</c>, which show users the input formats.</summary>
public sealed class SamplesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "samples");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Datasets => Names("datasets");

    public static TheoryData<string> Incoming => Names("incoming");

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task Every_sample_dataset_holds_the_same_eighteen_tickets(string name)
    {
        using var target = new TemporaryFolder();
        await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(Path.Combine(Folder, "datasets", name)), new FolderDatasetSink(target.Path), new(), null, Cancellation);
        var dataset = await LocalDataset.OpenAsync(target.Path, Cancellation);

        Assert.Equal(["billing", "bug", "question"], dataset.Manifest.Labels);
        Assert.Equal(18, dataset.Manifest.Report.Read);
        Assert.Equal(18, dataset.Manifest.Report.Kept.Values.Sum(labels => labels.Values.Sum()));
    }

    [Theory]
    [MemberData(nameof(Incoming))]
    public async Task Every_sample_incoming_file_holds_three_tickets_to_score(string name)
    {
        await using var file = File.OpenRead(Path.Combine(Folder, "incoming", name));
        var rows = IncomingRows.Read(file, name, IncomingFormat.Of(name), new ScoringLimits(), ColumnChoice.None).ToList();

        Assert.Equal(["The invoice total is wrong.", "The page stays blank after login.", "How do I change my password?"], rows.Select(row => row.Text));
    }

    [Fact]
    public void Every_sample_is_listed_in_the_samples_page()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Names("datasets").Concat(Names("incoming")), row =>
            Assert.True(page.Contains(row.Data, StringComparison.Ordinal) || page.Contains($"`.{row.Data.Split('.', 2)[^1]}`", StringComparison.Ordinal), row.Data));
    }

    private static TheoryData<string> Names(string folder) =>
        [.. Directory.GetFileSystemEntries(Path.Combine(Folder, folder)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
