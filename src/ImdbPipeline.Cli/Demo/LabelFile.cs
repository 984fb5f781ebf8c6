using System.Text.Json;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Cli.Demo;

/// <summary>Writes texts to score to one file and their true labels to another, line by line.</summary>
public static class LabelFile
{
    /// <returns>The number of texts.</returns>
    public static async Task<int> WriteAsync(
        string textsPath, string truthPath, IEnumerable<LabelledText> texts, IProgress<long> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(progress);
        var count = 0;
        await using var textFile = File.CreateText(textsPath);
        await using var labelFile = File.CreateText(truthPath);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await textFile.WriteLineAsync(JsonSerializer.Serialize(new { id = text.Id, text = text.Text }, PipelineJson.Line));
            await labelFile.WriteLineAsync(JsonSerializer.Serialize(new { id = text.Id, label = text.Label }, PipelineJson.Line));
            progress.Report(++count);
        }
        return count;
    }
}
