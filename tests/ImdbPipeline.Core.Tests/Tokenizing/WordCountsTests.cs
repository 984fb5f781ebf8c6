using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Tests.Tokenizing;

public sealed class WordCountsTests
{
    private const int Texts = 20_000;
    private const int LongestWord = 40;

    [Fact]
    public void Words_of_any_text_are_those_of_the_plain_way()
    {
        var random = new Random(6);
        var counted = new WordCounts();
        var plain = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < Texts; i++)
        {
            var text = HostileText.Write(random);
            counted.Add(text);
            var normal = BertNormalization.Normalize(text);
            foreach (var (offset, length) in BertPreTokenizer.Instance.PreTokenize(normal))
                if (length <= LongestWord)
                    plain[normal.Substring(offset, length)] = plain.GetValueOrDefault(normal.Substring(offset, length)) + 1;
        }

        Assert.Equal(
            plain.Select(word => (word.Key, word.Value)).OrderBy(word => word.Key, StringComparer.Ordinal),
            counted.All().OrderBy(word => word.Word, StringComparer.Ordinal));
    }

    [Fact]
    public void Counts_of_parts_add_up_to_those_of_the_whole()
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
