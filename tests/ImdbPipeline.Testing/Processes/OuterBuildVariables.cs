using System.Diagnostics;

namespace ImdbPipeline.Testing.Processes;

/// <summary>Hides the build that these tests may run in from the builds that they start.</summary>
public static class OuterBuildVariables
{
    public static void Hide(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }
}
