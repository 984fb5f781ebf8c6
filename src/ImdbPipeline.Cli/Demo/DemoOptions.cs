namespace ImdbPipeline.Cli.Demo;

/// <summary>What the demo is to do.</summary>
public sealed record DemoOptions
{
    public const string DefaultFolder = ".imdb";

    /// <summary>Everything the demo keeps on disk.</summary>
    public string Folder { get; init; } = DefaultFolder;

    /// <summary>A real archive; null for a generated one.</summary>
    public string? Archive { get; init; }

    /// <summary>Null for the host's default.</summary>
    public string? BaseModel { get; init; }

    public double? MaxMinutes { get; init; }

    /// <summary>Trains again even where the champion was trained on this very data set.</summary>
    public bool Retrain { get; init; }

    public string AzuriteFolder => Path.Combine(Folder, "azurite");

    public string Log => Path.Combine(Folder, "demo.log");

    /// <summary>The generated archive.</summary>
    public string SampleArchive => Path.Combine(Folder, Samples.SampleArchive.DefaultName);

    /// <summary>The reviews to be scored, and what they are.</summary>
    public string Reviews(string dataset) => Path.Combine(Folder, $"{dataset}-to-score.jsonl");

    public string Truth(string dataset) => Path.Combine(Folder, $"{dataset}-truth.jsonl");

    /// <summary>A copy of the scored file.</summary>
    public string Scores(string dataset) => Path.Combine(Folder, $"{dataset}-scores.jsonl");
}
