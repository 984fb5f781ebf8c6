namespace ImdbPipeline.Learning.Pretraining;

/// <summary>
/// Chooses the word pieces of a row that are to be predicted (Devlin et al. 2018): of those chosen 80 % become
/// <c>[MASK]</c>, 10 % a random piece, 10 % stay. Dynamic (Liu et al. 2019): each epoch chooses anew.
/// </summary>
/// <param name="probability">The share of the pieces that are chosen.</param>
/// <param name="specialIds">Never chosen: <c>[CLS]</c>, <c>[SEP]</c> and their like.</param>
internal sealed class TokenMasking(double probability, int maskId, IReadOnlySet<int> specialIds, int vocabSize)
{
    private const double Masked = 0.8;
    private const double Replaced = 0.1;

    /// <param name="random">Of this row and epoch alone.</param>
    public MaskedRow Apply(int[] tokenIds, Random random)
    {
        var ids = tokenIds.ToArray();
        var places = Choose(tokenIds, random);
        foreach (var place in places)
        {
            var draw = random.NextDouble();
            if (draw < Masked)
                ids[place] = maskId;
            else if (draw < Masked + Replaced)
                ids[place] = random.Next(vocabSize);
        }

        return new MaskedRow(ids, places, [.. places.Select(place => tokenIds[place])]);
    }

    /// <summary>At least one, where there is one to choose: a row that asks nothing teaches nothing.</summary>
    private int[] Choose(int[] tokenIds, Random random)
    {
        var words = Enumerable.Range(0, tokenIds.Length).Where(i => !specialIds.Contains(tokenIds[i])).ToArray();
        var chosen = words.Where(_ => random.NextDouble() < probability).ToArray();
        return chosen.Length > 0 || words.Length == 0 ? chosen : [words[random.Next(words.Length)]];
    }
}

/// <param name="TokenIds"><c>[length]</c>, as the model sees them.</param>
/// <param name="Places">Which of them it is to predict.</param>
/// <param name="Truth">What was there, one for each place.</param>
internal sealed record MaskedRow(int[] TokenIds, int[] Places, int[] Truth);
