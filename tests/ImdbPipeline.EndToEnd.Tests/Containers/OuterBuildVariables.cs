using System.Diagnostics;

namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>Hides the build that these tests may run in from the builds that they start.</summary>
internal static class OuterBuildVariables
{
    public static void Hide(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }
}
