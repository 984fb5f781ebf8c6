using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Preparing;

/// <summary><c>{upload}.settings.json</c>: how to prepare one upload. Settings that are left out keep their defaults.</summary>
public sealed record UploadSettings
{
    /// <summary>Metadata of settings that were uploaded just before a new version of their archive, and are not for an older one.</summary>
    public const string ForNextArchive = "fornextarchive";

    /// <summary>Maximum size of the file, in bytes.</summary>
    public const int MaxBytes = 64 << 10;

    private static readonly JsonSettings<UploadSettings> json =
        new(ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid);

    /// <inheritdoc cref="PreparationSettings.StripMarkup"/>
    public bool? StripMarkup { get; init; }

    /// <inheritdoc cref="PreparationSettings.ValidationShare"/>
    public double? ValidationShare { get; init; }

    /// <summary>Seed of the validation split.</summary>
    public int? Seed { get; init; }

    /// <inheritdoc cref="PreparationSettings.VocabularySize"/>
    public int? VocabularySize { get; init; }

    /// <inheritdoc cref="PreparationSettings.TextColumn"/>
    public string? TextColumn { get; init; }

    /// <inheritdoc cref="PreparationSettings.LabelColumn"/>
    public string? LabelColumn { get; init; }

    /// <inheritdoc cref="PreparationSettings.IdColumn"/>
    public string? IdColumn { get; init; }

    /// <inheritdoc cref="PreparationSettings.MaxUnreadableRows"/>
    public double? MaxUnreadableRows { get; init; }

    /// <summary>The task of the dataset; if omitted, the folder that the archive is in, otherwise the default task.</summary>
    public string? Task { get; init; }

    public static UploadSettings Of(PreparationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new()
        {
            StripMarkup = settings.StripMarkup,
            ValidationShare = settings.ValidationShare,
            Seed = settings.Seed,
            VocabularySize = settings.VocabularySize,
            TextColumn = settings.TextColumn,
            LabelColumn = settings.LabelColumn,
            IdColumn = settings.IdColumn,
            MaxUnreadableRows = settings.MaxUnreadableRows,
            Task = settings.Task,
        };
    }

    /// <param name="name">Name of the file, for error messages.</param>
    /// <exception cref="InputRejectedException">The file is too big, not a JSON object in UTF-8, or a setting is unknown, repeated, of the wrong type or out of range.</exception>
    public static UploadSettings Parse(ReadOnlySpan<byte> file, string name)
    {
        var subject = $"settings {UntrustedText.Escape(name)}";
        var settings = json.Parse(file, MaxBytes, subject, "Correct the file, or delete it and upload the archive again.");
        settings.ApplyTo(new PreparationSettings()).Validate(subject);
        return settings;
    }

    public PreparationSettings ApplyTo(PreparationSettings defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return defaults with
        {
            StripMarkup = StripMarkup ?? defaults.StripMarkup,
            ValidationShare = ValidationShare ?? defaults.ValidationShare,
            Seed = Seed ?? defaults.Seed,
            VocabularySize = VocabularySize ?? defaults.VocabularySize,
            TextColumn = TextColumn ?? defaults.TextColumn,
            LabelColumn = LabelColumn ?? defaults.LabelColumn,
            IdColumn = IdColumn ?? defaults.IdColumn,
            MaxUnreadableRows = MaxUnreadableRows ?? defaults.MaxUnreadableRows,
            Task = Task ?? defaults.Task,
        };
    }
}
