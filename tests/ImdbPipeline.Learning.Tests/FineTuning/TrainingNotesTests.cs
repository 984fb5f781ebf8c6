using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.FineTuning;

namespace ImdbPipeline.Learning.Tests.FineTuning;

public sealed class TrainingNotesTests
{
    [Theory]
    [InlineData(500, 60)]
    [InlineData(60, 60)]
    public void A_requested_warmup_that_never_ends_is_noted(int warmup, int steps) =>
        Assert.Equal(
            $"the warm-up of {warmup} steps is at least as long as the training of {steps}, which never reached its peak learning rate: fewer warm-up steps give a better model",
            Assert.Single(TrainingNotes.Warmup(new Recipe { WarmupSteps = warmup }, steps)));

    [Theory]
    [InlineData(30, 60)]
    [InlineData(7, 60)]
    [InlineData(500, 4999)]
    public void A_requested_warmup_of_more_than_a_tenth_of_the_steps_is_noted(int warmup, int steps) =>
        Assert.StartsWith($"the warm-up takes {warmup} of {steps} steps, more than a tenth", Assert.Single(TrainingNotes.Warmup(new Recipe { WarmupSteps = warmup }, steps)));

    [Theory]
    [InlineData(6, 60)]
    [InlineData(500, 5000)]
    [InlineData(1, 5)]
    [InlineData(0, 60)]
    public void A_short_warmup_is_not_noted(int warmup, int steps) => Assert.Empty(TrainingNotes.Warmup(new Recipe { WarmupSteps = warmup }, steps));

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.2, 1)]
    [InlineData(0.5, 1)]
    public void A_requested_warmup_ratio_is_noted_likewise(double ratio, int notes) => Assert.Equal(notes, TrainingNotes.Warmup(new Recipe { WarmupRatio = ratio }, 60).Count());

    [Fact]
    public void A_warmup_that_nobody_asked_for_is_shortened_and_not_noted() => Assert.Empty(TrainingNotes.Warmup(new Recipe { WarmupSteps = 500, LimitWarmup = true }, 60));
}
