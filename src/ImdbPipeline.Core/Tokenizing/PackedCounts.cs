namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Counts short ASCII words. Open addressing with linear probing, at most half full; a count of 0 marks a free slot.</summary>
internal sealed class PackedCounts
{
    private const int InitialSize = 1 << 12;

    private (PackedWord Word, long Count)[] slots = new (PackedWord, long)[InitialSize];
    private PackedWordHash hash = new(InitialSize);

    /// <summary>Number of distinct words.</summary>
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

    /// <summary>Removes words that occur at most <paramref name="maxCount"/> times.</summary>
    public void RemoveRare(long maxCount) => Rebuild(slots.Length, maxCount);

    public IEnumerable<(PackedWord Word, long Count)> All() => slots.Where(slot => slot.Count > 0);

    private void Rebuild(int size, long maxRemovedCount)
    {
        var oldSlots = slots;
        (slots, hash, Count) = (new (PackedWord, long)[size], new PackedWordHash(size), 0);
        foreach (var (word, count) in oldSlots)
            if (count > maxRemovedCount)
            {
                Find(word) = (word, count);
                Count++;
            }
    }

    private ref (PackedWord Word, long Count) Find(PackedWord word)
    {
        for (var at = hash.Slot(word); ; at = (at + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[at];
            if (slot.Count == 0 || slot.Word == word)
                return ref slot;
        }
    }
}
