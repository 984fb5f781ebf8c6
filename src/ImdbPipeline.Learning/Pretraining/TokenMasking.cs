namespace ImdbPipeline.Learning.Pretraining;

/// <summary>
/// Selects the tokens to be predicted (Devlin et al. 2018): 80 % of the selected tokens become <c>[MASK]</c>, 10 % a random
/// token, and 10 % stay unchanged. Masking is dynamic (Liu et al. 2019): each epoch makes a new selection.
/// </summary>
/// <param name="probability">Fraction of tokens to select, 0 to 1.</param>
/// <param name="specialIds">Token IDs that are never selected, such as <c>[CLS]</c> and <c>[SEP]</c>.</param>
internal sealed class TokenMasking(double probability, int maskId, IReadOnlySet<int> specialIds, int vocabSize)
{
    private const double Masked = 0.8;
    private const double Replaced = 0.1;

    /// <param name="random">Seeded for this row and epoch.</param>
    public MaskedRow Apply(int[] tokenIds, Random random)
    {
        var ids = tokenIds.ToArray();
        var positions = Select(tokenIds, random);
        foreach (var position in positions)
        {
            var draw = random.NextDouble();
            if (draw < Masked)
                ids[position] = maskId;
            else if (draw < Masked + Replaced)
                ids[position] = random.Next(vocabSize);
        }

        return new MaskedRow(ids, positions, [.. positions.Select(position => tokenIds[position])]);
    }

    /// <summary>Selects at least one token if possible, so that every row contributes to the loss.</summary>
    private int[] Select(int[] tokenIds, Random random)
    {
        var words = Enumerable.Range(0, tokenIds.Length).Where(i => !specialIds.Contains(tokenIds[i])).ToArray();
        var selected = words.Where(_ => random.NextDouble() < probability).ToArray();
        return selected.Length > 0 || words.Length == 0 ? selected : [words[random.Next(words.Length)]];
    }
}

/// <param name="TokenIds"><c>[length]</c>, after masking.</param>
/// <param name="Positions">Positions of the tokens to predict.</param>
/// <param name="Targets">Original token ID at each position.</param>
internal sealed record MaskedRow(int[] TokenIds, int[] Positions, int[] Targets);
