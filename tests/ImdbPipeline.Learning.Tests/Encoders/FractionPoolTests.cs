using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class FractionPoolTests
{
    private const int Length = 12;

    /// <summary>Of one fraction to nine.</summary>
    private static readonly int[][] reviews = [.. SmallEncoders.Rows(12, 90), [2, 7, 3]];

    [Theory]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Max)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Attention)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Max)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Attention)]
    public void A_long_review_is_what_its_fractions_are_together(EncoderFamily family, FractionPooling pooling)
    {
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        using var encoder = Reader(family, pooling);
        using var plain = encoder.As(SmallEncoders.Config(family));

        var encoded = GoldenLogitsTests.Rows(encoder.Encode(TokenBatch.Of(reviews, encoder.Config.Fractions, torch.CPU), training: false));

        float[][] expected = [.. reviews.Select(ids => ByHand(pooling, encoder, [.. TokenFractions.Of(ids, Length).Select(row => Cls(plain, row))]))];
        GoldenLogitsTests.AssertClose(expected, encoded, 1e-5f);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Mean)]
    [InlineData(EncoderFamily.DistilBert, FractionPooling.Max)]
    [InlineData(EncoderFamily.Bert, FractionPooling.Attention)]
    public void Reviews_of_one_fraction_have_the_logits_of_the_plain_encoder_to_the_bit(EncoderFamily family, FractionPooling pooling)
    {
        using var encoder = Reader(family, pooling);
        using var plain = encoder.As(SmallEncoders.Config(family));
        var shortReviews = SmallEncoders.Rows(10, Length);

        Assert.Equal(Scored.Logits(plain, shortReviews), Scored.Logits(encoder, shortReviews));
    }

    [Fact]
    public void Every_fraction_counts()
    {
        using var encoder = Reader(EncoderFamily.DistilBert, FractionPooling.Attention);
        int[] review = [2, .. Enumerable.Range(100, 50), 3];
        int[][] changed = [.. Enumerable.Range(0, 5).Select(fraction => review.Select((id, i) => i == 1 + fraction * 10 ? 7 : id).ToArray())];

        var logits = Scored.Logits(encoder, [review, .. changed]);

        Assert.Equal(6, logits.Select(row => row[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"pooling":"none","length":12}""")]
    [InlineData("""{"pooling":"median","length":12}""")]
    [InlineData("""{"pooling":"mean"}""")]
    [InlineData("""{"pooling":"mean","length":2}""")]
    [InlineData("""{"pooling":"mean","length":41}""")]
    public void A_config_that_cannot_be_read_so_is_refused(string fractions)
    {
        var json = System.Text.Encoding.UTF8.GetBytes($$"""{"model_type":"distilbert","max_position_embeddings":40,"fractions":{{fractions}}}""");

        var e = Assert.Throws<InputRejectedException>(() => EncoderConfig.Parse(json, "config.json"));

        Assert.Equal("config-unsupported", e.Rule);
        Assert.Contains("fractions", e.Message);
    }

    [Fact]
    public void Attention_weighs_fractions_unevenly()
    {
        using var attention = Reader(EncoderFamily.DistilBert, FractionPooling.Attention);
        using var mean = attention.As(attention.Config with { Fractions = new Fractions(FractionPooling.Mean, Length) });
        var reviews = SmallEncoders.Rows(12, 90);

        var apart = Scored.Logits(attention, reviews).Zip(Scored.Logits(mean, reviews));

        Assert.Contains(apart, pair => Math.Abs(pair.First[0] - pair.Second[0]) > 5e-4);
    }

    private static Encoder Reader(EncoderFamily family, FractionPooling pooling)
    {
        var encoder = SmallEncoders.Of(SmallEncoders.Config(family) with { Fractions = new Fractions(pooling, Length) });
        // Strong enough that the fractions weigh differently.
        if (pooling == FractionPooling.Attention)
            encoder.Weights.Set(FractionPool.Query, encoder.Weights[FractionPool.Query] * 20);
        return encoder;
    }

    private static float[] Cls(Encoder plain, int[] row) => GoldenLogitsTests.Rows(plain.Encode(TokenBatch.Of([row], null, torch.CPU), training: false))[0];

    private static float[] ByHand(FractionPooling pooling, Encoder encoder, float[][] cls)
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
