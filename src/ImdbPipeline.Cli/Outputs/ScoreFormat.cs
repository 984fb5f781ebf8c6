using CsvHelper;
using CsvHelper.Configuration;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using System.Globalization;
using System.Text.Json;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>The format of a file of scores, by its ending: score records as JSON lines, or the table of the texts with their scores.</summary>
/// <param name="Delimiter">What separates the cells of a table; null for JSON lines.</param>
public sealed record ScoreFormat(string? Delimiter)
{
    /// <summary>What a file of scores is called.</summary>
    public const string Kind = "a file of scores";

    private const string Endings = ".jsonl, .csv or .tsv";

    public static ScoreFormat JsonLines { get; } = new((string?)null);

    public bool IsTable => Delimiter is not null;

    /// <exception cref="CommandFailedException">The ending is not a known one.</exception>
    public static ScoreFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => JsonLines,
        ".csv" => new(","),
        ".tsv" => new("\t"),
        _ => throw new CommandFailedException(ExitCode.WrongUsage, $"--output {path}: expected a file ending in {Endings}, found another. Rename the file."),
    };

    /// <param name="labels">The model's labels, in its order.</param>
    public ScoreWriter CreateWriter(TextWriter writer, IReadOnlyList<string> labels) =>
        Delimiter is null ? new JsonLinesWriter(writer) : new ScoreTable(Configure(Delimiter), writer, labels);

    /// <summary>Whether the file begins like one that was written in this format.</summary>
    public bool IsWrittenAs(string path)
    {
        try
        {
            using var reader = new StreamReader(path, StrictEncoding.Utf8);
            return Delimiter is null ? IsRecord(reader) : IsTableOfScores(reader, Delimiter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CsvHelperException or System.Text.DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsRecord(StreamReader reader)
    {
        var record = JsonSerializer.Deserialize<ScoreRecord>(reader.ReadLine() ?? "", PipelineJson.Line);
        return record is { Row: > 0 } && (record.Label is not null || record.Error is not null);
    }

    private static bool IsTableOfScores(StreamReader reader, string delimiter)
    {
        using var csv = new CsvReader(reader, Configure(delimiter), leaveOpen: true);
        return csv.Read() && csv.ReadHeader() && ScoreTable.HasScores(csv.HeaderRecord ?? []);
    }

    private static CsvConfiguration Configure(string delimiter) => new(CultureInfo.InvariantCulture) { Delimiter = delimiter, NewLine = "\n" };
}
