using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Training;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(true, 40, 4)]
    [InlineData(true, 999, 99)]
    [InlineData(true, 1000, 500)]
    [InlineData(false, 40, 500)]
    public void A_short_run_warms_up_for_at_most_a_tenth_of_its_steps_if_nobody_asked_for_more(bool limit, int steps, int expected) =>
        Assert.Equal(expected, LearningRateSchedule.WarmupSteps(steps, Recipe.Notebook with { LimitWarmup = limit }));

    [Fact]
    public void A_short_run_reaches_the_peak_and_ends_near_zero()
    {
        var recipe = Recipe.Notebook with { LimitWarmup = true };

        var rates = Enumerable.Range(0, 40).Select(step => LearningRateSchedule.At(step, 40, recipe)).ToArray();

        Assert.Equal(recipe.LearningRate, rates.Max());
        Assert.Equal(4, Array.IndexOf(rates, rates.Max()));
        Assert.Equal(recipe.LearningRate / 36, rates[^1], 1e-12);
    }
}
