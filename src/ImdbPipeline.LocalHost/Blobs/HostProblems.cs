using System.Collections.Concurrent;

namespace ImdbPipeline.LocalHost.Blobs;

/// <summary>What this host cannot do at the moment.</summary>
public sealed class HostProblems
{
    private readonly ConcurrentDictionary<string, string> current = new(StringComparer.Ordinal);

    /// <summary>One sentence each.</summary>
    public IReadOnlyList<string> Current => [.. current.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value)];

    /// <param name="source">What has the problem; it has at most one.</param>
    /// <param name="problem">Null if it is over.</param>
    public void Set(string source, string? problem)
    {
        if (problem is null)
            current.TryRemove(source, out _);
        else
            current[source] = problem;
    }
}
