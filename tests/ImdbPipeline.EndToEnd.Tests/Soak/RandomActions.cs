namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>An action that is taken at random, more often the greater its weight.</summary>
internal sealed record RandomAction(string Name, int Weight, Func<Task> Act);

/// <summary>Takes one of several actions at a time and counts them.</summary>
internal sealed class RandomActions(Random random, IReadOnlyList<RandomAction> actions)
{
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    public async Task TakeOneAsync()
    {
        var pick = random.Next(actions.Sum(action => action.Weight));
        var action = actions.First(action => (pick -= action.Weight) < 0);
        await action.Act();
        counts[action.Name] = counts.GetValueOrDefault(action.Name) + 1;
    }

    public override string ToString() => string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"));
}
