using System.Numerics;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Ids of tokens made of ASCII letters and digits. Open addressing with linear probing, at most half full.</summary>
internal sealed class TokenTable
{
    public const int None = -1;

    private readonly (PackedWord Word, int Id)[] slots;
    private readonly PackedWordHash hash;

    public TokenTable(IReadOnlyCollection<(string Text, int Id)> tokens)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(tokens.Count, 8) * 2);
        slots = new (PackedWord, int)[size];
        Array.Fill(slots, (default, None));
        hash = new PackedWordHash(size);
        foreach (var (text, id) in tokens)
        {
            var word = PackedWord.Of(text);
            var slot = hash.Slot(word);
            while (slots[slot].Id != None)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = (word, id);
        }
    }

    /// <returns>The token's id, or <see cref="None"/>.</returns>
    public int Find(PackedWord word)
    {
        for (var slot = hash.Slot(word); ; slot = (slot + 1) & (slots.Length - 1))
        {
            ref readonly var found = ref slots[slot];
            if (found.Id == None || found.Word == word)
                return found.Id;
        }
    }
}
