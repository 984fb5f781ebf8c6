using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Training;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class PackingTests
{
    private static readonly int[][] rows = SmallEncoders.Rows(20, SmallEncoders.Positions);

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void Packed_rows_have_the_same_logits_as_single_rows_in_any_order(EncoderFamily family)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family));
        float[][] alone = [.. rows.SelectMany(row => GoldenLogitsTests.Logits(encoder, [row]))];
        var shuffled = Enumerable.Range(0, rows.Length).ToArray();
        new Random(3).Shuffle(shuffled);

        GoldenLogitsTests.AssertClose(alone, GoldenLogitsTests.Logits(encoder, rows), 1e-5f);
        GoldenLogitsTests.AssertClose([.. shuffled.Select(i => alone[i])], GoldenLogitsTests.Logits(encoder, shuffled.Select(i => rows[i])), 1e-5f);
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void Packed_rows_have_the_same_gradients_as_single_rows(EncoderFamily family)
    {
        var examples = rows.Select((row, i) => TrainingExample.Labelled(row, i % 2, 2)).ToArray();
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family));
        using var scope = torch.NewDisposeScope();

        var packed = Gradients(encoder, [new ClassificationBatch(encoder, examples)], examples.Length);
        var alone = Gradients(encoder, [.. examples.Select(example => new ClassificationBatch(encoder, [example]))], examples.Length);

        foreach (var (name, gradient) in alone)
            Assert.True(gradient.allclose(packed[name], rtol: 1e-4, atol: 1e-6), name);
        // Tokens that occur in no row have no gradient.
        Assert.Equal(0, packed[EmbeddingName(encoder, "word_embeddings")][0].abs().sum().ToSingle());
        Assert.NotEqual(0, packed[EmbeddingName(encoder, "word_embeddings")][2].abs().sum().ToSingle());
    }

    [Theory]
    [InlineData(EncoderFamily.DistilBert)]
    [InlineData(EncoderFamily.Bert)]
    public void Encoding_only_the_first_token_gives_the_same_result_as_encoding_all(EncoderFamily family)
    {
        using var encoder = SmallEncoders.Of(SmallEncoders.Config(family));
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        var batch = TokenBatch.Of(rows, null, torch.CPU);

        var first = encoder.Encode(batch, training: false);
        var all = encoder.EncodeTokens(batch, training: false);

        Assert.Equal([rows.Sum(row => row.Length), encoder.Config.Dim], all.shape);
        GoldenLogitsTests.AssertClose(
            GoldenLogitsTests.Rows(all.index_select(0, torch.tensor(batch.Offsets.Select(offset => (long)offset).ToArray()))), GoldenLogitsTests.Rows(first), 1e-5f);
    }

    private static string EmbeddingName(TrainableEncoder encoder, string part) => $"{ParameterNames.Of(encoder.Config.Family).Prefix}embeddings.{part}.weight";

    private static Dictionary<string, torch.Tensor> Gradients(TrainableEncoder encoder, ClassificationBatch[] batches, double weight)
    {
        encoder.Weights.To(torch.CPU, requiresGradient: true);
        foreach (var parameter in encoder.Weights.Tensors.Values)
            parameter.grad?.zero_();
        foreach (var batch in batches)
            batch.Loss(weight).backward();
        return encoder.Weights.Tensors.ToDictionary(t => t.Key, t => t.Value.grad!.clone());
    }
}
