using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Tests.Archives;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Corruption;

public sealed class DamagedDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("*.parquet", 400, 301)]
    [InlineData("vocab.txt", 100, 302)]
    [InlineData("manifest.json", 400, 303)]
    public async Task A_dataset_with_a_damaged_file_is_rejected_or_gives_the_same_texts(string pattern, int cases, int seed)
    {
        var dataset = System.IO.Path.Combine(folder.Path, "films");
        await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(folder.Write("films.tar", Pack.Tar(Pack.Texts))), new FolderDatasetSink(dataset), new PreparationSettings(), null, Cancellation);
        var file = Directory.GetFiles(dataset, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var versionFolder = System.IO.Path.GetDirectoryName(file)!;
        var expected = await ReadAsync(versionFolder);

        await new DamageTrial(pattern, cases, seed).RunAsync(await File.ReadAllBytesAsync(file, Cancellation), async damaged =>
        {
            await File.WriteAllBytesAsync(file, damaged, Cancellation);
            Assert.Equal(expected, await ReadAsync(versionFolder));
        });
    }

    private static async Task<List<string>> ReadAsync(string versionFolder)
    {
        var dataset = await LocalDataset.OpenAsync(versionFolder, Cancellation);
        var rows = new List<string> { Convert.ToHexString(await dataset.ReadVocabularyAsync(Cancellation)) };
        foreach (var split in Enum.GetValues<Split>())
            await foreach (var row in dataset.ReadAsync(split, Cancellation))
                rows.Add($"{split} {row.Id} {row.Text} {row.Label} {row.Split} {string.Join(' ', row.TokenIds)}");
        return rows;
    }
}
