using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class MaskedLanguageHeadTests
{
    [Theory]
    [InlineData(EncoderFamily.DistilBert, "vocab_transform", "vocab_layer_norm", "vocab_projector.bias")]
    [InlineData(EncoderFamily.Bert, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias")]
    public void Logits_are_dense_gelu_norm_and_the_tied_word_embeddings(EncoderFamily family, string dense, string norm, string bias)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var config = SmallEncoders.Config(family);
        using var encoder = SmallEncoders.Of(config, MaskedLanguageHead.Specs(config));
        var weights = encoder.Weights;
        using var generator = new Generator(3, CPU);
        var hidden = randn([5, config.Dim], generator: generator);

        var logits = MaskedLanguageHead.Logits(encoder, hidden);

        var transformed = hidden.mm(weights[$"{dense}.weight"].t()) + weights[$"{dense}.bias"];
        var activated = transformed * 0.5 * (1 + special.erf(transformed / Math.Sqrt(2)));
        var centered = activated - activated.mean([1], keepdim: true);
        var normed = centered / (centered.pow(2).mean([1], keepdim: true) + config.LayerNormEpsilon).sqrt() * weights[$"{norm}.weight"] + weights[$"{norm}.bias"];
        var expected = normed.mm(weights[$"{ParameterNames.Of(family).WordEmbeddings}.weight"].t()) + weights[bias];
        Assert.Equal([5, config.VocabSize], logits.shape);
        GoldenLogitsTests.AssertClose(GoldenLogitsTests.Rows(expected), GoldenLogitsTests.Rows(logits), 1e-5f);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void The_head_is_read_from_the_base_model_if_present(EncoderFamily family)
    {
        using var folder = new TemporaryFolder();
        var config = SmallEncoders.Config(family);
        var head = MaskedLanguageHead.Specs(config);
        SmallEncoders.Write(folder["with"], family, heads: head);
        SmallEncoders.Write(folder["without"], family);
        using var expected = SmallEncoders.Of(config, head);

        var with = EncoderLoader.LoadBase(folder["with"], config, head, seed: 9);
        var without = EncoderLoader.LoadBase(folder["without"], config, head, seed: 9);

        using var read = with.Encoder;
        using var fresh = without.Encoder;
        Assert.All(head, spec => Assert.True(read.Weights[spec.Name].Equals(expected.Weights[spec.Name]), spec.Name));
        Assert.All(head, spec => Assert.False(fresh.Weights[spec.Name].Equals(expected.Weights[spec.Name]), spec.Name));
        Assert.Empty(with.Notes);
        Assert.Equal($"not in the base model, so trained from scratch: {string.Join(", ", head.Select(spec => spec.Name))}", Assert.Single(without.Notes));
    }

    [Fact]
    public void Detaching_the_head_restores_the_plain_model()
    {
        var config = SmallEncoders.Config(EncoderFamily.DistilBert);
        using var encoder = SmallEncoders.Of(config, MaskedLanguageHead.Specs(config));

        encoder.Weights.Detach(MaskedLanguageHead.Specs(config));

        Assert.Equal(ParameterSpecs.Of(config).Select(spec => spec.Name), encoder.Weights.Specs.Select(spec => spec.Name));
        Assert.Equal(ParameterSpecs.Of(config).Select(spec => spec.Name).Order(), encoder.Weights.Tensors.Keys.Order());
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void Bf16_logits_are_close_to_float32_logits(EncoderFamily family)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var config = SmallEncoders.Config(family);
        using var encoder = SmallEncoders.Of(config, MaskedLanguageHead.Specs(config));
        var hidden = encoder.EncodeTokens(TokenBatch.Of(SmallEncoders.Rows(3, 20), null, CPU), training: false);
        var expected = MaskedLanguageHead.Logits(encoder, hidden);

        encoder.Precision = TrainingPrecision.Bf16;
        var logits = MaskedLanguageHead.Logits(encoder, hidden);

        Assert.Equal(ScalarType.Float32, logits.dtype);
        GoldenLogitsTests.AssertClose(GoldenLogitsTests.Rows(expected), GoldenLogitsTests.Rows(logits), 3e-2f);
    }
}
