namespace ImdbPipeline.Core.Tokenizing;

/// <summary>How often each short ASCII word occurs. Open addressing with linear steps, at most half full; a count of 0 is a free slot.</summary>
internal sealed class PackedCounts
{
    private const int Smallest = 1 << 12;

    private (PackedWord Word, long Count)[] slots = new (PackedWord, long)[Smallest];
    private PackedWordHash hash = new(Smallest);

    /// <summary>Different words.</summary>
    public int Count { get; private set; }

    public void Add(PackedWord word, long times = 1)
    {
        ref var slot = ref Find(word);
        if (slot.Count == 0)
        {
            if (Count == slots.Length / 2)
            {
                Rebuild(slots.Length * 2, 0);
                slot = ref Find(word);
            }
            slot.Word = word;
            Count++;
        }
        slot.Count += times;
    }

    /// <summary>Removes the words with counts up to <paramref name="rare"/>.</summary>
    public void Forget(long rare) => Rebuild(slots.Length, rare);

    public IEnumerable<(PackedWord Word, long Count)> All() => slots.Where(slot => slot.Count > 0);

    private void Rebuild(int size, long rare)
    {
        var before = slots;
        (slots, hash, Count) = (new (PackedWord, long)[size], new PackedWordHash(size), 0);
        foreach (var (word, count) in before)
            if (count > rare)
            {
                Find(word) = (word, count);
                Count++;
            }
    }

    private ref (PackedWord Word, long Count) Find(PackedWord word)
    {
        for (var at = hash.Home(word); ; at = (at + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[at];
            if (slot.Count == 0 || slot.Word == word)
                return ref slot;
        }
    }
}
