using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Testing;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Inferring;

public sealed class PreparedEncoderTests
{
    private static readonly int[][] rows = SmallEncoders.Rows(20, SmallEncoders.Positions);

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void The_scoring_encoder_gives_the_expected_logits(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var model = EncoderLoader.LoadModel(folder).Encoder;

        var largest = GoldenLogitsTests.AssertClose(golden.Logits, TestScoring.Logits(model, [.. golden.Inputs.Select(i => i.Ids)]), 1e-5f);

        ReportedFigures.Report($"{Path.GetFileName(folder)}, scoring encoder: largest difference of logits {largest:0.0e0}");
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert, ScoringPrecision.Fp32)]
    [InlineData(EncoderFamily.Bert, ScoringPrecision.Fp32)]
    [InlineData(EncoderFamily.DistilBert, ScoringPrecision.Int8)]
    [InlineData(EncoderFamily.Bert, ScoringPrecision.Int8)]
    public void A_text_has_the_same_logits_alone_and_in_a_batch(EncoderFamily family, ScoringPrecision precision)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family));

        var together = TestScoring.Logits(encoder, rows, precision);

        GoldenLogitsTests.AssertClose([.. rows.SelectMany(row => TestScoring.Logits(encoder, [row], precision))], together, 1e-5f);
    }

    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Silu)]
    public void The_scoring_encoder_uses_the_activation_of_the_model(Activation activation)
    {
        using var gelu = SmallEncoders.Of(SmallEncoders.Config(EncoderFamily.Bert));
        using var encoder = gelu.As(gelu.Config with { Activation = activation });

        var logits = GoldenLogitsTests.Logits(encoder, rows);

        GoldenLogitsTests.AssertClose(logits, TestScoring.Logits(encoder, rows), 1e-5f);
        if (activation != Activation.Gelu)
            Assert.NotEqual(GoldenLogitsTests.Logits(gelu, rows), logits);
    }

    [Theory]
    [InlineData(Activation.Gelu, 0.8413447f)]
    [InlineData(Activation.GeluTanh, 0.8411920f)]
    [InlineData(Activation.Relu, 1f)]
    [InlineData(Activation.Silu, 0.7310586f)]
    public void An_activation_has_its_known_value_at_one(Activation activation, float expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, activation.Apply(ones(1)).item<float>(), 1e-6f);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert, ScoringPrecision.Bf16)]
    [InlineData(EncoderFamily.Bert, ScoringPrecision.Bf16)]
    [InlineData(EncoderFamily.DistilBert, ScoringPrecision.Int8)]
    [InlineData(EncoderFamily.Bert, ScoringPrecision.Int8)]
    public void Logits_in_reduced_precision_are_close_to_fp32_logits(EncoderFamily family, ScoringPrecision precision)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family));
        var exact = TestScoring.Logits(encoder, rows);
        var spread = exact.Max(row => row.Max()) - exact.Min(row => row.Min());

        var reduced = TestScoring.Logits(encoder, rows, precision);

        Assert.NotEqual(exact, reduced);
        GoldenLogitsTests.AssertClose(exact, reduced, 0.1f * spread);
    }

    [Fact]
    public void The_source_weights_can_be_disposed()
    {
        var encoder = SmallEncoders.Of(SmallEncoders.Config(EncoderFamily.DistilBert));
        var expected = TestScoring.Logits(encoder, rows);
        using var scoring = Inference.Prepare(encoder.Weights);

        encoder.Dispose();

        Assert.Equal(expected, Inference.Logits(scoring, rows, 64, null, CancellationToken.None));
    }
}
