using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class FractionPoolTests
{
    private const int Length = 12;

    /// <summary>Texts of one to nine fractions.</summary>
    private static readonly int[][] texts = [.. SmallEncoders.Rows(12, 90), [2, 7, 3]];

    [Theory]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Max)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Attention)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Max)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Attention)]
    public void A_long_text_is_encoded_as_the_pooled_encodings_of_its_fractions(EncoderFamily family, FractionPooling pooling)
    {
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        using var encoder = Reader(family, pooling);
        using var plain = encoder.As(SmallEncoders.Config(family));

        var encoded = GoldenLogitsTests.Rows(encoder.Encode(TokenBatch.Of(texts, encoder.Config.Fractions, torch.CPU), training: false));

        float[][] expected = [.. texts.Select(ids => PoolByHand(pooling, encoder, [.. TokenFractions.Of(ids, Length).Select(row => Cls(plain, row))]))];
        GoldenLogitsTests.AssertClose(expected, encoded, 1e-5f);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Max)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Attention)]
    public void Texts_of_one_fraction_have_exactly_the_logits_of_the_plain_encoder(EncoderFamily family, FractionPooling pooling)
    {
        using var encoder = Reader(family, pooling);
        using var plain = encoder.As(SmallEncoders.Config(family));
        var shortTexts = SmallEncoders.Rows(10, Length);

        Assert.Equal(TestScoring.Logits(plain, shortTexts), TestScoring.Logits(encoder, shortTexts));
    }

    [Fact]
    public void Each_fraction_affects_the_logits()
    {
        using var encoder = Reader(EncoderFamily.DistilBert, FractionPooling.Attention);
        int[] text = [2, .. Enumerable.Range(100, 50), 3];
        int[][] changed = [.. Enumerable.Range(0, 5).Select(fraction => text.Select((id, i) => i == 1 + fraction * 10 ? 7 : id).ToArray())];

        var logits = TestScoring.Logits(encoder, [text, .. changed]);

        Assert.Equal(6, logits.Select(row => row[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"pooling":"none","length":12}""")]
    [InlineData("""{"pooling":"median","length":12}""")]
    [InlineData("""{"pooling":"mean"}""")]
    [InlineData("""{"pooling":"mean","length":2}""")]
    [InlineData("""{"pooling":"mean","length":41}""")]
    public void Invalid_fractions_in_the_config_are_rejected(string fractions)
    {
        var json = System.Text.Encoding.UTF8.GetBytes($$"""{"model_type":"distilbert","max_position_embeddings":40,"fractions":{{fractions}}}""");

        var e = Assert.Throws<InputRejectedException>(() => EncoderConfig.Parse(json, "config.json"));

        Assert.Equal("config-unsupported", e.Rule);
        Assert.Contains("fractions", e.Message);
    }

    [Fact]
    public void Attention_pooling_differs_from_mean_pooling()
    {
        using var attention = Reader(EncoderFamily.DistilBert, FractionPooling.Attention);
        using var mean = attention.As(attention.Config with { Fractions = new Fractions(FractionPooling.Mean, Length) });
        var texts = SmallEncoders.Rows(12, 90);

        var pairs = TestScoring.Logits(attention, texts).Zip(TestScoring.Logits(mean, texts));

        Assert.Contains(pairs, pair => Math.Abs(pair.First[0] - pair.Second[0]) > 5e-4);
    }

    private static TrainableEncoder Reader(EncoderFamily family, FractionPooling pooling)
    {
        var encoder = SmallEncoders.Of(SmallEncoders.Config(family) with { Fractions = new Fractions(pooling, Length) });
        // Scaled up so that the fractions get different weights.
        if (pooling == FractionPooling.Attention)
            encoder.Weights.Set(FractionPool.Query, encoder.Weights[FractionPool.Query] * 20);
        return encoder;
    }

    private static float[] Cls(TrainableEncoder plain, int[] row) => GoldenLogitsTests.Rows(plain.Encode(TokenBatch.Of([row], null, torch.CPU), training: false))[0];

    private static float[] PoolByHand(FractionPooling pooling, TrainableEncoder encoder, float[][] cls)
    {
        var dims = Enumerable.Range(0, cls[0].Length);
        if (pooling == FractionPooling.Max)
            return [.. dims.Select(d => cls.Max(row => row[d]))];
        var scores = Enumerable.Repeat(1.0, cls.Length).ToArray();
        if (pooling == FractionPooling.Attention)
        {
            var query = encoder.Weights[FractionPool.Query].data<float>().ToArray();
            scores = [.. cls.Select(row => Math.Exp(row.Zip(query).Sum(pair => (double)pair.First * pair.Second) / Math.Sqrt(row.Length)))];
        }

        return [.. dims.Select(d => (float)cls.Select((row, i) => row[d] * scores[i] / scores.Sum()).Sum())];
    }
}
