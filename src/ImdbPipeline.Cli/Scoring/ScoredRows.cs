using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Writes score records as JSON lines, to stdout or atomically to a file.</summary>
/// <param name="session">Shows progress and prints the JSON document.</param>
/// <param name="path">The output file; null for stdout.</param>
public sealed class ScoredRows(Session session, string? path)
{
    private readonly Dictionary<string, int> labels = new(StringComparer.Ordinal);
    private int rows;
    private int errors;

    public async Task<ExitCode> WriteAsync(IEnumerable<ScoreRecord> records, CancellationToken cancellationToken)
    {
        if (path is not null)
            await ToFileAsync(path, records, cancellationToken);
        else if (session.Json)
            session.PrintJson(new { scores = Counted(records).ToList() });
        else
            await WriteAsync(session.Terminal.Output, records, cancellationToken);

        if (path is not null && session.Json)
            session.PrintJson(new { output = path, rows, errors, labels });
        session.Note($"{Quantity.Count(rows)} rows: {string.Join(", ", labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key} {Quantity.Count(label.Value)}"))}; bad rows: {Quantity.Count(errors)}");
        return ExitCode.Ok;
    }

    private async Task ToFileAsync(string target, IEnumerable<ScoreRecord> records, CancellationToken cancellationToken)
    {
        using var temporary = TempPath.CreateNextTo(target);
        await using (var file = File.CreateText(temporary.Path))
            await WriteAsync(file, records, cancellationToken);
        File.Move(temporary.Path, target, overwrite: true);
    }

    private async Task WriteAsync(TextWriter output, IEnumerable<ScoreRecord> records, CancellationToken cancellationToken)
    {
        using var progress = session.Progress("Scoring", total: null, Quantity.Count);
        foreach (var record in Counted(records))
        {
            await output.WriteAsync(JsonSerializer.Serialize(record, PipelineJson.Line) + "\n");
            progress.Report(rows);
        }
        await output.FlushAsync(cancellationToken);
    }

    private IEnumerable<ScoreRecord> Counted(IEnumerable<ScoreRecord> records)
    {
        foreach (var record in records)
        {
            rows++;
            if (record.Label is { } label)
                labels[label] = labels.GetValueOrDefault(label) + 1;
            else
                errors++;
            yield return record;
        }
    }
}
