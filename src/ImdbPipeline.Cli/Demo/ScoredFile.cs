using System.Text.Json;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Cli.Demo;

/// <summary>Compares a scored file line by line with its texts and their true labels.</summary>
public sealed class ScoredFile(string scores, string texts, string truth)
{
    /// <summary>Evaluates the scores and picks the first few as examples.</summary>
    /// <param name="labels">The labels of the model that scored.</param>
    /// <exception cref="CommandFailedException">The scores do not match the texts line by line.</exception>
    public async Task<(Evaluation Evaluation, IReadOnlyList<ScoredExample> Examples)> CompareAsync(
        IReadOnlyList<string> labels, int examples, CancellationToken cancellationToken)
    {
        var results = new LabelledPredictions(labels);
        var shown = new List<ScoredExample>();
        using var scoreLines = File.OpenText(scores);
        using var textLines = File.OpenText(texts);
        using var truthLines = File.OpenText(truth);
        for (var number = 1; ; number++)
        {
            var score = await NextAsync<ScoreRecord>(scoreLines, cancellationToken);
            var text = await NextAsync<TextLine>(textLines, cancellationToken);
            var label = await NextAsync<LabelLine>(truthLines, cancellationToken);
            if (score is null && label is null)
                return (results.Evaluate(), shown);
            if (score is null || text is null || label is null || score.Id != label.Id || text.Id != label.Id)
                throw new CommandFailedException(
                    ExitCode.Failed, $"{scores}, line {number}: expected the score of text '{label?.Id ?? "none"}', found that of '{score?.Id ?? "none"}'. Keep the file and report this error.");
            if (score is not { Scores: { } labelScores })
                throw new CommandFailedException(ExitCode.Failed, $"{scores}, line {number}: expected a score, found an error: {score.Error}");
            results.Add(label.Label, labelScores);
            if (shown.Count < examples)
                shown.Add(new ScoredExample(text.Text, label.Label, score));
        }
    }

    private static async Task<T?> NextAsync<T>(StreamReader lines, CancellationToken cancellationToken) where T : class =>
        await lines.ReadLineAsync(cancellationToken) is { } line ? JsonSerializer.Deserialize<T>(line, PipelineJson.Line) : null;

    private sealed record TextLine(string Id, string Text);

    private sealed record LabelLine(string Id, string Label);
}

/// <param name="Text">The scored text.</param>
/// <param name="Truth">The true label.</param>
/// <param name="Score">The model's prediction.</param>
public sealed record ScoredExample(string Text, string Truth, ScoreRecord Score);
