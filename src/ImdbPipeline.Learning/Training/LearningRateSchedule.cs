using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Training;

/// <summary>Linear warm-up followed by linear decay to zero; depends only on the step.</summary>
public static class LearningRateSchedule
{
    private const int LongRun = 1000;

    /// <param name="step">Starts at 0.</param>
    /// <param name="totalSteps">Number of steps in the whole run.</param>
    /// <returns>Fraction of the peak learning rate, 0 to 1.</returns>
    public static double Factor(int step, int warmupSteps, int totalSteps) =>
        step < warmupSteps
            ? (double)step / Math.Max(1, warmupSteps)
            : Math.Max(0, totalSteps - step) / (double)Math.Max(1, totalSteps - warmupSteps);

    public static double At(int step, int totalSteps, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.LearningRate * Factor(step, WarmupSteps(totalSteps, recipe), totalSteps);
    }

    /// <returns>The number of warm-up steps of a run.</returns>
    public static int WarmupSteps(int totalSteps, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.WarmupRatio is { } ratio)
            return (int)(ratio * totalSteps);
        return recipe.LimitWarmup && totalSteps < LongRun ? Math.Min(recipe.WarmupSteps, totalSteps / 10) : recipe.WarmupSteps;
    }
}
