using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Evaluating;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class EvaluatorTests
{
    private const int Texts = 1200;

    private static readonly LabelledTokens split = Split();

    [Fact]
    public void A_split_that_takes_too_long_is_evaluated_in_part_and_the_report_gives_the_standard_error()
    {
        var whole = Predict(TimeProvider.System);

        var part = Predict(new SteppingTimeProvider(TimeSpan.FromMinutes(10)));

        Assert.Null(whole.Part);
        var positions = part.Part!.Positions;
        Assert.Equal(1024, positions.Count);
        Assert.Equal(positions.Select(i => split.Labels[i]), part.Labels);
        for (var i = 0; i < positions.Count; i++)
            Assert.Equal(whole.Logits[positions[i]][0], part.Logits[i][0], 1e-5f);
        var measured = new Measurements(["neg", "pos"]);
        measured.Add("validation", part, part, whole);
        measured.Add("test", whole, whole, whole);
        var accuracy = measured.Metrics["validationAccuracy"];
        Assert.Equal(Math.Sqrt(accuracy * (1 - accuracy) / 1024 * 176 / 1199), measured.Metrics["validationAccuracyStandardError"], 1e-9);
        Assert.Single(measured.Notes, note => note.Contains("1,024 of 1,200", StringComparison.Ordinal));
        Assert.DoesNotContain("testAccuracyStandardError", measured.Metrics.Keys);
    }

    [Fact]
    public void However_short_the_time_something_is_evaluated() =>
        Assert.Equal(512, Predict(new SteppingTimeProvider(TimeSpan.FromDays(1))).Labels.Count);

    private static SplitPredictions Predict(TimeProvider timeProvider)
    {
        using var encoder = NanoEncoder.Create();
        return new Evaluator(encoder, new Recipe { MaxEvalMinutes = 15 }, timeProvider, progress: null).Predict(split, TrainingPhase.Evaluating, CancellationToken.None);
    }

    private static LabelledTokens Split()
    {
        var examples = NanoEncoder.Task(Texts, seed: 3);
        return new LabelledTokens([.. examples.Select(e => e.TokenIds)], [.. examples.Select(e => Array.IndexOf(e.Target, 1f))], []);
    }
}
