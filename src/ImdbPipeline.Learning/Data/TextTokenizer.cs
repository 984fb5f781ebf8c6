using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.Data;

/// <summary>Tokenizes texts the same way as the training data was tokenized.</summary>
/// <param name="stripMarkup">Whether to remove markup tags from the texts first, as for the training data.</param>
public sealed class TextTokenizer(ModelTokenizer tokenizer, bool stripMarkup)
{
    /// <summary>Id of <c>[UNK]</c>.</summary>
    public int UnknownId => tokenizer.UnknownId;

    /// <returns>Token ids including <c>[CLS]</c> and <c>[SEP]</c>, not truncated.</returns>
    public int[] Encode(string text) => tokenizer.Encode(stripMarkup ? TextCleaner.Clean(text) : text);
}
