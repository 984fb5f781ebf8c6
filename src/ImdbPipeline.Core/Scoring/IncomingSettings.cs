using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Scoring;

/// <summary><c>{file}.settings.json</c> next to an incoming file: which of its columns to read. Upload it first.</summary>
public sealed record IncomingSettings
{
    /// <summary>Maximum size of the file, in bytes.</summary>
    public const int MaxBytes = 64 << 10;

    private static readonly JsonSettings<IncomingSettings> json =
        new(ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid, ErrorRules.UploadSettingsInvalid);

    /// <inheritdoc cref="ColumnChoice.Text"/>
    public string? TextColumn { get; init; }

    /// <inheritdoc cref="ColumnChoice.Id"/>
    public string? IdColumn { get; init; }

    internal ColumnChoice Columns() => new(TextColumn, Label: null, IdColumn);

    /// <param name="name">Name of the file, for error messages.</param>
    /// <exception cref="InputRejectedException">The file is too big, not a JSON object in UTF-8, or a setting is unknown, repeated or of the wrong type.</exception>
    public static IncomingSettings Parse(ReadOnlySpan<byte> file, string name) =>
        json.Parse(file, MaxBytes, $"settings {UntrustedText.Escape(name)}", "Correct or delete it, and upload the file to score again.");
}
