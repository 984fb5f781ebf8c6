using System.Text;
using System.Text.Json;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Data;

namespace ImdbPipeline.Cli.Tokenizing;

/// <summary>Converts JSON lines with texts to JSON lines with token ids, one at a time; with <c>--json</c>, to one JSON document.</summary>
public sealed class TokenizeLines(TextTokenizer tokenizer, int maxLength, Truncation truncation)
{
    /// <param name="source">The input's name in error messages.</param>
    /// <exception cref="InputRejectedException">A line is not a JSON object with a text.</exception>
    public async Task RunAsync(TextReader input, string source, Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(session);
        using var progress = session.Progress("Tokenizing", total: null, Quantity.Count);
        // With --json the output is one document, so nothing is written until all lines are read.
        var collected = new List<int[]>();
        var output = session.Terminal.Output;
        var done = 0L;
        for (long number = 1; await ReadLineAsync(input, source, number, cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var ids = TokenTruncation.Truncate(tokenizer.Encode(TextOf(line, source, number)), maxLength, truncation);
            if (session.Json)
                collected.Add(ids);
            else
                await output.WriteAsync(JsonSerializer.Serialize(new { ids }, PipelineJson.Line) + "\n");
            progress.Report(++done);
        }
        if (session.Json)
            session.PrintJson(new { ids = collected });
        await output.FlushAsync(cancellationToken);
    }

    private static async Task<string?> ReadLineAsync(TextReader input, string source, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadLineAsync(cancellationToken);
        }
        catch (DecoderFallbackException e)
        {
            throw Rejected(source, number, "UTF-8", "invalid UTF-8 in or shortly after this line", e);
        }
    }

    private static string TextOf(string line, string source, long number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw Rejected(source, number, "a JSON object with a string \"text\"", $"a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()} without one");
        }
        // GetString throws for an unpaired surrogate, which UTF-8 cannot encode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Rejected(source, number, "a JSON object with a string \"text\"", $"an invalid line ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static InputRejectedException Rejected(string source, long number, string expected, string found, Exception? inner = null) =>
        new(ErrorRules.TokenizeLine, $"{source}, line {number}", expected, found, "Correct the line. The lines before it were converted.", inner);
}
