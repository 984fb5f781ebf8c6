using System.Text.Json;
using ImdbPipeline.Cli.Evaluating;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Cli.Demo;

/// <summary>A scored file beside the reviews it was made from and what they really are, line for line.</summary>
public sealed class ScoredFile(string scores, string reviews, string truth)
{
    /// <summary>Compares every line.</summary>
    /// <param name="labels">Of the model that scored.</param>
    /// <exception cref="CommandFailedException">The scores are not those of the reviews, one a line, in their order.</exception>
    public async Task<(Evaluation Evaluation, IReadOnlyList<ScoredExample> Examples)> CompareAsync(
        IReadOnlyList<string> labels, int examples, CancellationToken cancellationToken)
    {
        var judged = new JudgedReviews(labels);
        var shown = new List<ScoredExample>();
        using var scoreLines = File.OpenText(scores);
        using var reviewLines = File.OpenText(reviews);
        using var truthLines = File.OpenText(truth);
        for (var number = 1; ; number++)
        {
            var score = await NextAsync<ScoreRecord>(scoreLines, cancellationToken);
            var review = await NextAsync<Review>(reviewLines, cancellationToken);
            var known = await NextAsync<Known>(truthLines, cancellationToken);
            if (score is null && known is null)
                return (judged.Evaluate(), shown);
            if (score is null || review is null || known is null || score.Id != known.Id || review.Id != known.Id)
                throw new CommandFailedException(
                    ExitCode.Failed, $"{scores}, line {number}: expected the score of review '{known?.Id ?? "none"}', found that of '{score?.Id ?? "none"}'. Keep the file and report it.");
            if (score is not { Logits: { } logits, Score: { } confidence })
                throw new CommandFailedException(ExitCode.Failed, $"{scores}, line {number}: expected a score, found an error: {score.Error}");
            judged.Add(known.Label, logits, confidence);
            if (shown.Count < examples)
                shown.Add(new ScoredExample(review.Text, known.Label, score));
        }
    }

    private static async Task<T?> NextAsync<T>(StreamReader lines, CancellationToken cancellationToken) where T : class =>
        await lines.ReadLineAsync(cancellationToken) is { } line ? JsonSerializer.Deserialize<T>(line, PipelineJson.Line) : null;

    private sealed record Review(string Id, string Text);

    private sealed record Known(string Id, string Label);
}

/// <param name="Text">Of the review.</param>
/// <param name="Truth">Its label.</param>
/// <param name="Score">The model's answer.</param>
public sealed record ScoredExample(string Text, string Truth, ScoreRecord Score);
