using System.Text;

namespace ImdbPipeline.Cli.Samples;

/// <summary>Generates movie reviews, favourable or not: short, medium and a few longer than 512 tokens.</summary>
/// <param name="random">The same seed generates the same reviews.</param>
public sealed class ReviewWriter(Random random)
{
    /// <summary>The grammar of the reviews.</summary>
    public static Grammar Grammar { get; } = Grammar.Parse(ReadGrammar());

    public string Write(bool favourable)
    {
        var (opinions, neutral) = random.Next(100) switch
        {
            < 30 => (random.Next(1, 3), random.Next(0, 2)),
            < 95 => (random.Next(3, 6), random.Next(2, 7)),
            _ => (random.Next(5, 9), random.Next(40, 60)),
        };
        List<string> sentences = [.. Sentences("opinion", favourable, opinions), .. Sentences("plot", favourable, neutral)];
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sentences));
        if (random.Next(4) == 0)
            sentences.Insert(0, Sentence("opening", favourable));
        if (random.Next(6) == 0)
            sentences.Add(Sentence("verdict", favourable));
        if (random.Next(15) == 0)
            sentences.Add(Sentence("rated", favourable));
        return Join(sentences);
    }

    private IEnumerable<string> Sentences(string rule, bool favourable, int count) =>
        Enumerable.Range(0, count).Select(_ => Sentence(rule, favourable));

    private string Sentence(string rule, bool favourable)
    {
        var sentence = WithArticles(Grammar.Expand(rule, favourable, random));
        var end = !char.IsLetterOrDigit(sentence[^1]) && sentence[^1] != '"' ? "" : random.Next(10) == 0 ? "!" : ".";
        var first = sentence.TakeWhile(c => !char.IsLetterOrDigit(c)).Count();
        return first < sentence.Length
            ? $"{sentence[..first]}{char.ToUpperInvariant(sentence[first])}{sentence[(first + 1)..]}{end}"
            : sentence;
    }

    private static string WithArticles(string sentence)
    {
        var words = sentence.Split(' ');
        for (var i = 0; i + 1 < words.Length; i++)
            if (words[i] is "a" or "A" && words[i + 1] is [var first, ..] && ("aeiou".Contains(first, StringComparison.Ordinal) || words[i + 1] == "honest"))
                words[i] += "n";
        return string.Join(' ', words);
    }

    private string Join(List<string> sentences)
    {
        var review = new StringBuilder();
        foreach (var sentence in sentences)
        {
            if (review.Length > 0)
                review.Append(random.Next(8) == 0 ? "<br /><br />" : " ");
            review.Append(sentence);
        }
        return review.ToString();
    }

    private static string ReadGrammar()
    {
        using var resource = typeof(ReviewWriter).Assembly.GetManifestResourceStream("reviews.grammar")
            ?? throw new InvalidOperationException("resource reviews.grammar: expected it in the assembly, found none.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
