using ImdbPipeline.Core.Preparing;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>Turns a text into token ids as ingest did for the training data.</summary>
/// <param name="stripMarkup">Whether the texts still hold the tags that ingest removes.</param>
public sealed class ReviewTokenizer(byte[] vocabulary, bool stripMarkup)
{
    private readonly WordPieceTokenizer tokenizer = WordPieceTokenizer.Create(vocabulary);

    /// <returns>With <c>[CLS]</c> and <c>[SEP]</c>, not truncated.</returns>
    public int[] Encode(string text) => tokenizer.Encode(stripMarkup ? ReviewCleaner.Clean(text) : text);
}
