using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Training;

/// <summary>Linear warm-up to the peak, linear decay to zero: a pure function of the step, so nothing has to be stored.</summary>
public static class LearningRateSchedule
{
    /// <param name="step">From 0.</param>
    /// <param name="totalSteps">Of the whole run.</param>
    /// <returns>The share of the peak, 0 to 1.</returns>
    public static double Factor(int step, int warmupSteps, int totalSteps) =>
        step < warmupSteps
            ? (double)step / Math.Max(1, warmupSteps)
            : Math.Max(0, totalSteps - step) / (double)Math.Max(1, totalSteps - warmupSteps);

    public static double At(int step, int totalSteps, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.LearningRate * Factor(step, recipe.WarmupSteps, totalSteps);
    }
}
