using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Demo;

/// <summary>Options of the demo.</summary>
public sealed record DemoOptions
{
    /// <summary>Folder for all files of the demo.</summary>
    public required string Folder { get; init; }

    /// <summary>The user's archive; null to generate one.</summary>
    public string? Archive { get; init; }

    /// <summary>How to prepare the archive; null for the defaults.</summary>
    public PreparationSettings? Settings { get; init; }

    /// <summary>Null for the host's default base model.</summary>
    public string? BaseModel { get; init; }

    public double? MaxMinutes { get; init; }

    /// <summary>Trains again even if the champion was trained on this dataset.</summary>
    public bool Retrain { get; init; }

    public string AzuriteFolder => Path.Combine(Folder, "azurite");

    public string Log => Path.Combine(Folder, "demo.log");

    /// <summary>Path of the generated archive.</summary>
    public string SampleArchive => Path.Combine(Folder, Samples.SampleArchive.DefaultName);

    /// <summary>Path of the texts to score.</summary>
    public string Texts(string dataset) => Path.Combine(Folder, $"{dataset}-to-score.jsonl");

    /// <summary>Path of the true labels of the texts to score.</summary>
    public string Labels(string dataset) => Path.Combine(Folder, $"{dataset}-truth.jsonl");

    /// <summary>Path of the downloaded scores.</summary>
    public string Scores(string dataset) => Path.Combine(Folder, $"{dataset}-scores.jsonl");
}
