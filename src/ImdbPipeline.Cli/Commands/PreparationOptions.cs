using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Cli.Commands;

/// <summary>How an archive is cleaned and split, as command-line options; they override the settings file next to the archive.</summary>
internal sealed class PreparationOptions
{
    private readonly Option<bool?> keepMarkup = new("--keep-markup") { Description = "Keep HTML tags in the texts." };
    private readonly Option<double?> validationShare = new("--validation-share")
    {
        Description = "Share of the training texts held out for validation, from 0 to 0.9. Default: 0.2.",
        HelpName = "number",
        CustomParser = OptionValues.Real,
    };
    private readonly Option<int?> splitSeed = new("--split-seed")
    {
        Description = "Random seed of the validation split. Default: 42.",
        HelpName = "number",
        CustomParser = OptionValues.Whole,
    };
    private readonly Option<int?> vocabularySize = new("--vocabulary-size")
    {
        Description = "Maximum size of the vocabulary built from the training texts, in tokens. Default: 16000.",
        HelpName = "number",
        CustomParser = OptionValues.Whole,
    };

    private readonly ColumnOptions columns = new(hasLabel: true);
    private readonly Option<double?> maxUnreadableRows = new("--max-unreadable-rows")
    {
        Description = "Share of all table rows that may be unreadable and are left out, from 0 to 1. Default: 0.01.",
        HelpName = "number",
        CustomParser = OptionValues.Real,
    };

    public IEnumerable<Option> All => [keepMarkup, validationShare, splitSeed, vocabularySize, .. columns.All, maxUnreadableRows];

    /// <returns>The name of the first option that was given; null if none was.</returns>
    public string? FirstGiven(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <param name="archive">Path of the archive.</param>
    /// <returns>The settings of the options and of <c>{archive}.settings.json</c>; null if there are neither.</returns>
    /// <exception cref="CommandFailedException">A value is out of range.</exception>
    /// <exception cref="InputRejectedException">The settings file is invalid.</exception>
    public PreparationSettings? Read(Session session, ParseResult parsed, string archive)
    {
        var options = new UploadSettings
        {
            StripMarkup = !parsed.GetValue(keepMarkup),
            ValidationShare = parsed.GetValue(validationShare),
            Seed = parsed.GetValue(splitSeed),
            VocabularySize = parsed.GetValue(vocabularySize),
            TextColumn = columns.Read(parsed).Text,
            LabelColumn = columns.Read(parsed).Label,
            IdColumn = columns.Read(parsed).Id,
            MaxUnreadableRows = parsed.GetValue(maxUnreadableRows),
        };
        var file = ReadFile(session, archive);
        if (file is null && options == new UploadSettings())
            return null;
        try
        {
            var settings = options.ApplyTo((file ?? new UploadSettings()).ApplyTo(new PreparationSettings()));
            settings.Validate();
            return settings;
        }
        catch (InputRejectedException e)
        {
            throw new CommandFailedException(ExitCode.WrongUsage, e.Message, e);
        }
    }

    /// <param name="archive">Path of the archive.</param>
    /// <returns>The settings in <c>{archive}.settings.json</c>; null if there is no such file.</returns>
    /// <exception cref="CommandFailedException">The file cannot be read.</exception>
    /// <exception cref="InputRejectedException">The file is invalid.</exception>
    public static UploadSettings? ReadFile(Session session, string archive)
    {
        ArgumentNullException.ThrowIfNull(session);
        var path = StorageLayout.UploadSettings(Path.TrimEndingDirectorySeparator(Path.GetFullPath(archive)));
        var content = new byte[UploadSettings.MaxBytes + 1];
        try
        {
            using var file = File.OpenRead(path);
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            session.Note($"Using the settings in {path}.");
            return UploadSettings.Parse(content.AsSpan(0, length), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"{path}: expected a readable settings file, found none ({e.Message.TrimEnd('.')}). Correct its permissions, or delete it.", e);
        }
    }
}
