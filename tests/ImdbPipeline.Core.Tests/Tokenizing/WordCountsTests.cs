using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class WordCountsTests
{
    private const int TextCount = 20_000;
    private const int MaxWordLength = 40;

    [Fact]
    public void Counts_match_a_simple_implementation_for_random_texts()
    {
        var random = new Random(6);
        var counted = new WordCounts();
        var expected = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < TextCount; i++)
        {
            var text = HostileText.Write(random);
            counted.Add(text);
            var normalized = BertNormalizer.Uncased.Normalize(text);
            foreach (var word in BertPreTokenizer.Split(normalized).Select(range => normalized[range]).Where(word => word.Length <= MaxWordLength))
                expected[word] = expected.GetValueOrDefault(word) + 1;
        }

        Assert.Equal(
            expected.Select(word => (word.Key, word.Value)).OrderBy(word => word.Key, StringComparer.Ordinal),
            counted.All().OrderBy(word => word.Word, StringComparer.Ordinal));
    }

    [Fact]
    public void Counts_of_parts_add_up_to_the_counts_of_the_whole()
    {
        var random = new Random(7);
        var (whole, sum) = (new WordCounts(), new WordCounts());
        for (var part = 0; part < 5; part++)
        {
            var counted = new WordCounts();
            for (var i = 0; i < 100; i++)
            {
                var text = HostileText.Write(random);
                whole.Add(text);
                counted.Add(text);
            }
            sum.Add(counted);
        }
        Assert.Equal(whole.All().Order(), sum.All().Order());
    }
}
