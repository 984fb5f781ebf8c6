using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class OptimizedParameterTests
{
    [Theory]
    [InlineData(EncoderFamily.DistilBert, "classifier.weight", 1)]
    [InlineData(EncoderFamily.DistilBert, "pre_classifier.bias", 1)]
    [InlineData(EncoderFamily.DistilBert, "distilbert.transformer.layer.2.attention.q_lin.weight", 0.5)]
    [InlineData(EncoderFamily.DistilBert, "distilbert.transformer.layer.1.output_layer_norm.bias", 0.25)]
    [InlineData(EncoderFamily.DistilBert, "distilbert.transformer.layer.0.ffn.lin1.weight", 0.125)]
    [InlineData(EncoderFamily.DistilBert, "distilbert.embeddings.word_embeddings.weight", 0.0625)]
    [InlineData(EncoderFamily.DistilBert, "distilbert.embeddings.LayerNorm.weight", 0.0625)]
    [InlineData(EncoderFamily.Bert, "classifier.bias", 1)]
    [InlineData(EncoderFamily.Bert, "bert.pooler.dense.weight", 1)]
    [InlineData(EncoderFamily.Bert, "bert.encoder.layer.2.output.dense.bias", 0.5)]
    [InlineData(EncoderFamily.Bert, "bert.encoder.layer.1.attention.output.LayerNorm.weight", 0.25)]
    [InlineData(EncoderFamily.Bert, "bert.encoder.layer.0.attention.self.key.weight", 0.125)]
    [InlineData(EncoderFamily.Bert, "bert.embeddings.position_embeddings.weight", 0.0625)]
    [InlineData(EncoderFamily.Bert, "bert.embeddings.token_type_embeddings.weight", 0.0625)]
    public void The_learning_rate_decreases_with_each_lower_layer(EncoderFamily family, string name, double factor)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family, layers: 3));

        var parameters = OptimizedParameter.Of(encoder.Weights, new Recipe { LayerwiseLrDecay = 0.5 });

        Assert.Equal(factor, Assert.Single(parameters, p => p.Name == name).LearningRateFactor, 1e-12);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void Each_parameter_is_optimized_once_and_only_matrices_have_weight_decay(EncoderFamily family)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family, layers: 3));

        var parameters = OptimizedParameter.Of(encoder.Weights, new Recipe { WeightDecay = 0.01 });

        Assert.Equal(encoder.Weights.Tensors.Keys.Order(), parameters.Select(p => p.Name).Order());
        Assert.All(parameters, p => Assert.Equal(1, p.LearningRateFactor));
        Assert.All(parameters, p => Assert.Equal(p.Name.EndsWith(".bias") || p.Name.Contains("norm", StringComparison.OrdinalIgnoreCase) ? 0 : 0.01, p.WeightDecay));
    }

    [Fact]
    public void The_fraction_attention_has_the_learning_rate_of_the_head()
    {
        var config = SmallEncoders.Config(EncoderFamily.DistilBert) with { Fractions = new Fractions(FractionPooling.Attention, 10) };
        using var encoder = SmallEncoders.Of(config);

        var parameters = OptimizedParameter.Of(encoder.Weights, new Recipe { LayerwiseLrDecay = 0.5 });

        Assert.Equal(1, Assert.Single(parameters, p => p.Name == FractionPool.Query).LearningRateFactor);
    }
}
