using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class ShortEpochsTests
{
    [Fact]
    public void Only_the_first_epochs_read_half_of_a_text()
    {
        using var encoder = NanoEncoder.Create();
        int[] ids = [2, .. Enumerable.Range(10, 18), 3];
        var objective = new ClassificationObjective(
            encoder, [TrainingExample.Labelled(ids, 0, 2)], shortEpochs: ShortEpochs.Of(2, new TextPreprocessing(StripMarkup: false, 20, Truncation.Head)));

        Assert.Equal([10L, 10, 20], Enumerable.Range(0, 3).Select(epoch => objective.Gather([0], seed: 1, epoch).Tokens));
    }

    [Theory]
    [InlineData(256, 128)]
    [InlineData(9, 8)]
    public void Half_of_a_text_has_at_least_8_tokens(int maxLength, int expected) =>
        Assert.Equal(expected, ShortEpochs.Of(1, new TextPreprocessing(StripMarkup: true, maxLength, Truncation.HeadTail)).Treatment.MaxLength);
}
