using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Datasets;

/// <summary>Everything besides the archive that a prepared dataset depends on; part of its version.</summary>
public sealed record PreparationSettings
{
    /// <summary>Incremented when the preparation changes, so that old and new results have different versions.</summary>
    public int Format { get; init; } = 2;

    /// <summary>Replaces <c>&lt;br /&gt;</c> and other tags with a space.</summary>
    public bool StripMarkup { get; init; } = true;

    /// <summary>Share of the labelled training texts held out for validation; the notebook splits 8:2.</summary>
    public double ValidationShare { get; init; } = 0.2;

    public int Seed { get; init; } = 42;

    /// <summary>Maximum size of the vocabulary built from the training texts, in tokens.</summary>
    public int VocabularySize { get; init; } = 16_000;

    /// <summary>SHA-256 of a given vocabulary; null if it is built from the dataset's own training texts.</summary>
    public string? VocabularySha256 { get; init; }

    /// <summary>The text column of a table: its name, or its position, counted from 1, without a header; null to recognize it by its name.</summary>
    public string? TextColumn { get; init; }

    /// <summary>The label column, likewise.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The id column, likewise.</summary>
    public string? IdColumn { get; init; }

    /// <summary>Share of the rows of all tables that may be unreadable and are left out.</summary>
    public double MaxUnreadableRows { get; init; } = 0.01;

    /// <summary>The task that was asked for; null for the default one.</summary>
    public string? Task { get; init; }

    /// <param name="subject">What errors call the settings.</param>
    /// <exception cref="InputRejectedException">A setting is out of range.</exception>
    public void Validate(string? subject = null)
    {
        if (!(ValidationShare is >= 0 and <= 0.9))
            throw OutOfRange("validationShare", "a value from 0 to 0.9", ValidationShare);
        if (!(MaxUnreadableRows is >= 0 and <= 1))
            throw OutOfRange("maxUnreadableRows", "a value from 0 to 1", MaxUnreadableRows);
        if (VocabularySize is < 100 or > 1_000_000)
            throw OutOfRange("vocabularySize", "a value from 100 to 1000000", VocabularySize);
        if (Task is { } task && !TaskStore.IsName(task))
            throw OutOfRange("task", TaskStore.NameRequirement, $"'{UntrustedText.Escape(task)}'");

        InputRejectedException OutOfRange(string setting, string expected, object found) =>
            new(ErrorRules.SettingOutOfRange, subject is null ? $"setting {setting}" : $"{subject}, setting {setting}", expected, $"{found}", "Correct the setting.");
    }
}
