using System.Text.Json;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Writes one score record per line.</summary>
internal sealed class JsonLinesWriter(TextWriter writer) : ScoreWriter
{
    public override void Write(ScoredRow row) => writer.Write(JsonSerializer.Serialize(row.Record, PipelineJson.Line) + "\n");

    public override IReadOnlyList<string> Finish()
    {
        writer.Flush();
        return [];
    }
}
