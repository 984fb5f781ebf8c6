using Microsoft.ML.Tokenizers;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>Turns a text into token ids as ingest did for the training data.</summary>
public sealed class ReviewTokenizer(byte[] vocabulary, bool stripMarkup)
{
    private readonly BertTokenizer tokenizer = BertTokenizer.Create(new MemoryStream(vocabulary));

    /// <returns>With <c>[CLS]</c> and <c>[SEP]</c>, not truncated.</returns>
    public int[] Encode(string text) => [.. tokenizer.EncodeToIds(stripMarkup ? text.Replace("<br />", " ") : text)];
}
