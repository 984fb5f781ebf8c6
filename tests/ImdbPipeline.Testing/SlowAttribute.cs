using Xunit;
using Xunit.v3;

namespace ImdbPipeline.Testing;

/// <summary>Leaves tests out of the fast run, because they need another program such as Azurite, or take more than a moment.</summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method)]
public sealed class SlowAttribute : Attribute, ITraitAttribute
{
    private const string Name = "Speed", Value = "Slow";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Name, Value)];

    /// <summary>Fails a test that is not marked, before it starts a program that the fast run must not start.</summary>
    /// <param name="program">The name of the program.</param>
    public static void RequireFor(string program)
    {
        // Outside tests, as in the benchmarks, there are no marks.
        if (TestContext.Current.TestCase is { } test && !(test.Traits.TryGetValue(Name, out var values) && values.Contains(Value)))
            throw new InvalidOperationException($"{test.TestCaseDisplayName}: expected [Slow] on a test that uses {program}, found none. Mark the class or its assembly.");
    }
}
