using System.Globalization;
using System.Text;

namespace ImdbPipeline.Cli.Samples;

/// <summary>
/// A weighted grammar whose rules can depend on an opinion, favourable or not; <c>reviews.grammar</c> explains the notation.
/// </summary>
public sealed class Grammar
{
    private readonly Dictionary<string, Rule> rules = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">A line is not a rule, or a rule refers to an undefined rule.</exception>
    public static Grammar Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var grammar = new Grammar();
        foreach (var (name, alternatives) in Lines(text))
            if (!grammar.rules.TryAdd(name, Rule.Parse(alternatives)))
                throw new InvalidDataException($"rule '{name}': expected one definition, found a second. Join them with '|'.");
        grammar.Verify();
        return grammar;
    }

    /// <summary>Generates a random sentence from a rule.</summary>
    public string Expand(string rule, bool favourable, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var sentence = new StringBuilder();
        Expand(sentence, rule, favourable, random);
        return sentence.ToString();
    }

    private void Expand(StringBuilder sentence, string rule, bool favourable, Random random)
    {
        foreach (var (text, reference, turn) in Find(rule, favourable).Choose(random))
        {
            sentence.Append(text);
            if (reference is not null)
                Expand(sentence, reference, turn switch { '!' => !favourable, '?' => random.Next(2) == 0, _ => favourable }, random);
        }
    }

    private Rule Find(string rule, bool favourable) =>
        rules.TryGetValue(rule, out var either) ? either : rules[rule + (favourable ? '+' : '-')];

    private void Verify()
    {
        foreach (var (name, rule) in rules)
            foreach (var reference in rule.References)
                if (!rules.ContainsKey(reference) && !(rules.ContainsKey(reference + "+") && rules.ContainsKey(reference + "-")))
                    throw new InvalidDataException(
                        $"rule '{name}': expected a rule '{reference}', or '{reference}+' and '{reference}-', found neither. Define it.");
    }

    private static IEnumerable<(string Name, string Alternatives)> Lines(string text)
    {
        string? name = null;
        var alternatives = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == ' ' && name is not null)
            {
                alternatives.Append(line);
                continue;
            }
            if (name is not null)
                yield return (name, alternatives.ToString());
            var equals = line.IndexOf(" = ", StringComparison.Ordinal);
            if (equals < 1)
                throw new InvalidDataException($"grammar line '{line}': expected 'name = alternatives', found no ' = '. Correct the line.");
            name = line[..equals];
            alternatives.Clear().Append(line, equals + 3, line.Length - equals - 3);
        }
        if (name is not null)
            yield return (name, alternatives.ToString());
    }

    /// <summary>Weighted alternatives, each a sequence of texts and references to other rules.</summary>
    private sealed class Rule(IReadOnlyList<(int UpTo, Part[] Parts)> alternatives)
    {
        public IEnumerable<string> References =>
            from alternative in alternatives from part in alternative.Parts where part.Reference is not null select part.Reference;

        public static Rule Parse(string alternatives)
        {
            var parsed = new List<(int, Part[])>();
            var total = 0;
            foreach (var alternative in alternatives.Split(" | ", StringSplitOptions.TrimEntries))
            {
                var (weight, text) = Weight(alternative);
                parsed.Add((total += weight, [.. Parts(text)]));
            }
            return new Rule(parsed);
        }

        public Part[] Choose(Random random)
        {
            var draw = random.Next(alternatives[^1].UpTo);
            return alternatives.First(a => draw < a.UpTo).Parts;
        }

        private static (int Weight, string Text) Weight(string alternative)
        {
            var star = alternative.IndexOf("* ", StringComparison.Ordinal);
            return star > 0 && int.TryParse(alternative.AsSpan(0, star), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
                ? (weight, alternative[(star + 2)..])
                : (1, alternative);
        }

        private static IEnumerable<Part> Parts(string text)
        {
            var pieces = text.Split('{', '}');
            for (var i = 0; i < pieces.Length; i += 2)
                yield return i + 1 == pieces.Length
                    ? new Part(pieces[i], null, ' ')
                    : pieces[i + 1][0] is '!' or '?'
                        ? new Part(pieces[i], pieces[i + 1][1..], pieces[i + 1][0])
                        : new Part(pieces[i], pieces[i + 1], ' ');
        }
    }

    private readonly record struct Part(string Text, string? Reference, char Turn);
}
