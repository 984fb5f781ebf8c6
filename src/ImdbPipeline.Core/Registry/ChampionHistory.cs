namespace ImdbPipeline.Core.Registry;

/// <summary>Reads the champion's history as the stack it is: promotions and pins push, rollbacks pop.</summary>
public static class ChampionHistory
{
    /// <returns>Whether the steps follow each other and end in the champion: every name is there twice, so damage to one shows.</returns>
    public static bool IsWhole(Champion champion)
    {
        ArgumentNullException.ThrowIfNull(champion);
        string? present = null;
        foreach (var step in champion.History)
        {
            if (step.Previous != present)
                return false;
            present = step.Model;
        }
        return champion.Model == present;
    }

    /// <returns>The champion to go back to from the present one; null where there is none.</returns>
    public static string? Before(Champion champion)
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
        return stack.TryPop(out _) && stack.TryPop(out var earlier) ? earlier : null;
    }
}
