using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Estimates from common words whether texts are in English.</summary>
internal sealed class EnglishWords(ModelTokenizer tokenizer)
{
    /// <summary>With fewer tokens the share says little.</summary>
    private const int MinTokens = 100;

    /// <summary>In English texts these words are a sixth of all tokens, in texts of other languages hardly any.</summary>
    private const double MinShare = 0.04;

    private static readonly string[] words =
        ["the", "and", "of", "to", "is", "that", "this", "with", "for", "you", "it", "my", "not", "are", "have", "was", "on", "be", "at", "can"];

    private readonly HashSet<int> ids = [.. tokenizer.Tokens.Index().Where(token => words.Contains(token.Item)).Select(token => token.Index)];
    private long tokens, english;

    /// <param name="tokenIds">With <c>[CLS]</c> and <c>[SEP]</c>.</param>
    public void Add(int[] tokenIds)
    {
        tokens += tokenIds.Length - 2;
        foreach (var id in tokenIds)
            if (ids.Contains(id))
                english++;
    }

    /// <returns>Null if the texts are too few to tell.</returns>
    public bool? SeemEnglish() => tokens < MinTokens ? null : english >= MinShare * tokens;
}
