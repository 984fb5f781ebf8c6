using System.Diagnostics;

namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>The build that these tests may be running in, of which builds that tests start know nothing.</summary>
internal static class OuterBuild
{
    public static void Hide(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }
}
