namespace ImdbPipeline.Core.Registry;

/// <summary>
/// <c>models/champion.json</c>: the pointer to the model that scores, and every step that ever moved it, oldest first.
/// Changed only by compare-and-swap.
/// </summary>
public sealed record Champion(string? Model, IReadOnlyList<RegistryStep> History);

/// <param name="Action">What was done.</param>
/// <param name="Model">The champion after the step.</param>
/// <param name="Previous">The champion before it.</param>
/// <param name="ValidationAccuracy">Of <paramref name="Model"/>, 0 to 1.</param>
/// <param name="By">Who asked: a run, or a person through the command line.</param>
/// <param name="At">When.</param>
public sealed record RegistryStep(
    RegistryAction Action, string Model, string? Previous, double? ValidationAccuracy, string By, DateTimeOffset At);

public enum RegistryAction
{
    Promote,
    Rollback,
    Pin,
}
