namespace ImdbPipeline.Learning.Ngrams;

/// <summary>Adds the logits of an n-gram model to those of an encoder.</summary>
/// <param name="Vocabulary">Content of the vocab.txt whose tokens the n-grams consist of.</param>
/// <param name="EncoderWeight">Factor of the encoder's logits.</param>
/// <param name="NgramWeight">Factor of the n-gram model's logits.</param>
public sealed record NgramBlend(NgramModel Model, byte[] Vocabulary, float EncoderWeight, float NgramWeight)
{
    /// <param name="encoder"><c>[labels]</c></param>
    /// <param name="ngrams"><c>[labels]</c></param>
    /// <returns><c>[labels]</c></returns>
    public float[] Apply(float[] encoder, float[] ngrams) => [.. encoder.Zip(ngrams, (e, n) => (EncoderWeight * e) + (NgramWeight * n))];
}
