using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Testing;
using TorchSharp;

namespace ImdbPipeline.Learning.Tests.Encoders;

public sealed class GoldenLogitsTests
{
    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void A_batch_of_all_rows_gives_the_expected_logits(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var model = EncoderLoader.LoadModel(folder).Encoder;

        var largest = AssertClose(golden.Logits, Logits(model, golden.Inputs.Select(i => i.Ids)), 1e-5f);
        ReportedFigures.Report($"{Path.GetFileName(folder)}: {golden.Inputs.Length} rows, largest difference of logits {largest:0.0e0}");
    }

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void Single_rows_give_the_expected_logits(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var model = EncoderLoader.LoadModel(folder).Encoder;

        AssertClose(golden.Logits, [.. golden.Inputs.SelectMany(i => Logits(model, [i.Ids]))], 1e-5f);
    }

    [Theory]
    [MemberData(nameof(GoldenSet.Folders), MemberType = typeof(GoldenSet))]
    public void The_first_cls_dimensions_have_the_expected_values(string folder)
    {
        var golden = GoldenSet.Read(folder);
        using var model = EncoderLoader.LoadModel(folder).Encoder;
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();

        var hidden = model.Encode(TokenBatch.Of([.. golden.Inputs.Select(i => i.Ids)], null, torch.CPU), training: false);

        AssertClose(golden.ClsHiddenFirst4, Rows(hidden.narrow(1, 0, 4)), 1e-5f);
    }

    internal static float[][] Logits(TrainableEncoder model, IEnumerable<int[]> rows)
    {
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        return Rows(model.Forward(TokenBatch.Of([.. rows], null, torch.CPU), training: false));
    }

    internal static float[][] Rows(torch.Tensor matrix) =>
        [.. matrix.contiguous().data<float>().ToArray().Chunk((int)matrix.shape[1])];

    /// <returns>The largest difference.</returns>
    internal static float AssertClose(float[][] expected, float[][] actual, float tolerance)
    {
        var largest = 0f;
        Assert.Equal(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            for (var column = 0; column < expected[row].Length; column++)
            {
                var difference = Math.Abs(expected[row][column] - actual[row][column]);
                Assert.True(difference <= tolerance, $"row {row}, column {column}: expected {expected[row][column]}, found {actual[row][column]}");
                largest = Math.Max(largest, difference);
            }
        }

        return largest;
    }
}
