namespace ImdbPipeline.Core.Registry;

/// <summary>
/// <c>models/_tasks/{task}/champion.json</c>: the pointer to a task's champion and every step that changed it, oldest first.
/// Changed only by compare-and-swap.
/// </summary>
public sealed record Champion(string? Model, IReadOnlyList<RegistryStep> History);

/// <param name="Action">Promotion, rollback or pin.</param>
/// <param name="Model">The champion after the step.</param>
/// <param name="Previous">The champion before it.</param>
/// <param name="ValidationAccuracy">Validation accuracy of <paramref name="Model"/>, 0 to 1.</param>
/// <param name="By">The run, or the person at the command line.</param>
/// <param name="At">Time of the step.</param>
public sealed record RegistryStep(
    RegistryAction Action, string Model, string? Previous, double? ValidationAccuracy, string By, DateTimeOffset At);

public enum RegistryAction
{
    Promote,
    Rollback,
    Pin,
}
