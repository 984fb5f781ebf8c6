using Azure;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
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

    /// <summary>The columns that the settings choose.</summary>
    public ColumnChoice Columns() => new(TextColumn, Label: null, IdColumn);

    /// <summary>Reads the settings next to a file in <c>incoming</c>; without any, the defaults.</summary>
    /// <exception cref="InputRejectedException">As for <see cref="Parse"/>.</exception>
    public static async Task<IncomingSettings> ReadAsync(PipelineStorage storage, string file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var name = StorageLayout.UploadSettings(file);
        if (name.Length > StorageLayout.MaxBlobName)
            return new IncomingSettings();
        try
        {
            await using var blob = await storage.Incoming.GetBlobClient(name).OpenReadAsync(cancellationToken: cancellationToken);
            // One byte more than allowed, so that a bigger file is noticed without reading it.
            var content = new byte[MaxBytes + 1];
            var length = await blob.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
            return Parse(content.AsSpan(0, length), name);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new IncomingSettings();
        }
    }

    /// <param name="name">Name of the file, for error messages.</param>
    /// <exception cref="InputRejectedException">The file is too big, not a JSON object in UTF-8, or a setting is unknown, repeated or of the wrong type.</exception>
    public static IncomingSettings Parse(ReadOnlySpan<byte> file, string name) =>
        json.Parse(file, MaxBytes, $"settings {UntrustedText.Escape(name)}", "Correct or delete it, and upload the file to score again.");
}
