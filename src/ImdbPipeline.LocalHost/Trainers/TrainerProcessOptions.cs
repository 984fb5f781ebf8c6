namespace ImdbPipeline.LocalHost.Trainers;

/// <summary>How the trainer runs as a child process.</summary>
public sealed record TrainerProcessOptions
{
    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = TrainerProgramFile.Command();

    /// <summary>Environment variables added to those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Maximum number of concurrent trainers; one already fills a laptop.</summary>
    public int MaxTrainers { get; init; } = 1;

    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a failed trainer; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a trainer may take to exit after SIGTERM; the same as for a container job.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
