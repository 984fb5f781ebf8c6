namespace ImdbPipeline.Core.Registry;

/// <summary>Treats the champion's history as a stack: promotions and pins push, rollbacks pop.</summary>
public static class ChampionHistory
{
    /// <returns>
    /// Whether each step starts from the previous step's model and the last ends with the champion. Each name is stored twice, so damage is detected.
    /// </returns>
    public static bool IsConsistent(Champion champion)
    {
        ArgumentNullException.ThrowIfNull(champion);
        string? current = null;
        foreach (var step in champion.History)
        {
            if (step.Previous != current)
                return false;
            current = step.Model;
        }
        return champion.Model == current;
    }

    /// <returns>Whether the model was champion, and the last step from it was a rollback.</returns>
    public static bool WasRolledBack(Champion champion, string model)
    {
        ArgumentNullException.ThrowIfNull(champion);
        return champion.Model != model && champion.History.LastOrDefault(step => step.Previous == model) is { Action: RegistryAction.Rollback };
    }

    /// <returns>The champion before the current one, or null if there is none.</returns>
    public static string? FindPrevious(Champion champion)
    {
        ArgumentNullException.ThrowIfNull(champion);
        var stack = new Stack<string>();
        foreach (var step in champion.History)
        {
            if (step.Action == RegistryAction.Rollback)
                stack.TryPop(out _);
            else
                stack.Push(step.Model);
        }
        return stack.TryPop(out _) && stack.TryPop(out var previous) ? previous : null;
    }
}
