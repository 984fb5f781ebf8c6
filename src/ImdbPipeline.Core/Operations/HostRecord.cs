namespace ImdbPipeline.Core.Operations;

/// <summary><c>runs/_hosts/{name}.json</c>: a host that runs all the time reports that it is alive. The Functions app does not, because it is stopped while there is nothing to do.</summary>
/// <param name="Host">The machine and process, such as <c>imdb up on laptop (4711)</c>.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="At">When it wrote this record.</param>
/// <param name="Problems">What it cannot do at the moment, one sentence each.</param>
/// <param name="Address">Where its HTTP endpoints listen; they answer on its own machine only.</param>
public sealed record HostRecord(string Host, DateTimeOffset StartedAt, DateTimeOffset At, IReadOnlyList<string> Problems, Uri? Address = null)
{
    /// <summary>The machine it runs on.</summary>
    public string? Machine { get; init; }
}
