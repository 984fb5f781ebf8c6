using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Writes scored rows to stdout, as JSON lines, or to a file.</summary>
/// <param name="session">Shows progress and prints the JSON document.</param>
/// <param name="file">The output file; null for stdout.</param>
/// <param name="format">Of the output file.</param>
/// <param name="labels">The model's labels, in its order.</param>
public sealed class ScoredRows(Session session, OutputFile? file, ScoreFormat format, IReadOnlyList<string> labels)
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private int rows;
    private int errors;

    /// <summary>Opens the file of an option <c>--output</c> for scores.</summary>
    /// <param name="path">Null for stdout.</param>
    /// <param name="input">A file that the command reads; null for none.</param>
    /// <param name="bytes">About how much will be written.</param>
    /// <exception cref="CommandFailedException">The file cannot be written, or something would be lost.</exception>
    public static (OutputFile? File, ScoreFormat Format) Open(string? path, string? input, long bytes)
    {
        if (path is null)
            return (null, ScoreFormat.JsonLines);
        var format = ScoreFormat.Of(path);
        return (OutputFile.Open(path, input, bytes, format.IsWrittenAs, ScoreFormat.Kind), format);
    }

    public ExitCode Write(IEnumerable<ScoredRow> scored)
    {
        if (file is null && session.Json)
        {
            session.PrintJson(new { scores = Counted(scored).Select(row => row.Record).ToList() });
        }
        else
        {
            WriteRows(scored);
            file?.Commit();
            if (session.Json)
                session.PrintJson(new { output = file?.Path, rows, errors, labels = counts });
        }
        session.Note($"{Quantity.Count(rows)} rows: {Quantity.Counts(counts)}; bad rows: {Quantity.Count(errors)}");
        if (file is not null)
            session.Note($"Wrote {file.Path}");
        return ExitCode.Ok;
    }

    private void WriteRows(IEnumerable<ScoredRow> scored)
    {
        using var writer = format.CreateWriter(file is null ? session.Terminal.Output : file.Writer, labels);
        using (var progress = session.Progress("Scoring", total: null, Quantity.Count))
        {
            foreach (var row in Counted(scored))
            {
                writer.Write(row);
                progress.Report(rows);
            }
        }
        foreach (var note in writer.Finish())
            session.Note(note);
    }

    private IEnumerable<ScoredRow> Counted(IEnumerable<ScoredRow> scored)
    {
        foreach (var row in scored)
        {
            rows++;
            if (row.Record.Label is { } label)
                counts[label] = counts.GetValueOrDefault(label) + 1;
            else
                errors++;
            yield return row;
        }
    }
}
