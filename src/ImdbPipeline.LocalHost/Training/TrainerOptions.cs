namespace ImdbPipeline.LocalHost.Training;

/// <summary>How the trainer is run as a child process.</summary>
public sealed record TrainerOptions
{
    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = TrainerProgramFile.Command();

    /// <summary>Added to this process's environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Trainers at the same time; one fills a laptop.</summary>
    public int MaxTrainers { get; init; } = 1;

    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause after a trainer that failed; it doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a trainer may take to end after SIGTERM; as long as a container job's.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
