namespace ImdbPipeline.Core.Registry;

/// <summary>Reads the champion's history as the stack it is: promotions and pins push, rollbacks pop.</summary>
public static class ChampionHistory
{
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
