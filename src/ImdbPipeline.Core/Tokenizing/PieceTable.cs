using System.Numerics;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Ids of word pieces made of small ASCII letters and digits. Open addressing with linear steps, at most half full.</summary>
internal sealed class PieceTable
{
    public const int None = -1;

    private readonly (PackedWord Word, int Id)[] slots;
    private readonly PackedWordHash hash;

    public PieceTable(IReadOnlyCollection<(string Text, int Id)> pieces)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(pieces.Count, 8) * 2);
        slots = new (PackedWord, int)[size];
        Array.Fill(slots, (default, None));
        hash = new PackedWordHash(size);
        foreach (var (text, id) in pieces)
        {
            var word = PackedWord.Of(text);
            var slot = hash.Home(word);
            while (slots[slot].Id != None)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = (word, id);
        }
    }

    public int Find(PackedWord word)
    {
        for (var slot = hash.Home(word); ; slot = (slot + 1) & (slots.Length - 1))
        {
            ref readonly var found = ref slots[slot];
            if (found.Id == None || found.Word == word)
                return found.Id;
        }
    }
}
