using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Stores words as token sequences, counts adjacent token pairs and merges the most frequent pair.</summary>
internal sealed class TokenMerges(List<string> tokens)
{
    /// <summary>Two adjacent token ids packed into one number; sorts by the left id, then the right id.</summary>
    private readonly record struct Pair(ulong Ids)
    {
        public Pair(int left, int right) : this((ulong)(uint)left << 32 | (uint)right)
        {
        }

        public int Left => (int)(Ids >> 32);

        public int Right => (int)(uint)Ids;

        // ulong.GetHashCode XORs the two halves: half a million pairs would share thirty thousand hashes.
        public override int GetHashCode() => (int)(Ids * 0x9E3779B97F4A7C15 >> 32);
    }

    /// <summary>Orders pairs by descending count, then ascending ids.</summary>
    private readonly record struct Rank(long Count, Pair Pair) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.Ids.CompareTo(other.Pair.Ids);
    }

    /// <param name="Words">
    /// Words that contain the pair; may hold duplicates and words that no longer do. Lists take a third of the memory of sets.
    /// </param>
    private record struct Occurrences(long Count, List<int> Words);

    /// <param name="Start">Index of its first token in the list of all words' tokens.</param>
    private record struct Word(int Start, int Length, long Count);

    private readonly Dictionary<string, int> ids = tokens.Index().ToDictionary(token => token.Item, token => token.Index, StringComparer.Ordinal);
    private readonly List<int> sequences = [];
    private readonly List<Word> words = [];
    private readonly Dictionary<Pair, Occurrences> pairs = [];
    private readonly HashSet<Pair> changed = [];

    // Counts in the queue may be stale; a stale pair is queued again when it is dequeued.
    private readonly PriorityQueue<Pair, Rank> queue = new();
    private bool queued;

    public int AddToken(string token)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, token, out var known);
        if (!known)
        {
            id = tokens.Count;
            tokens.Add(token);
        }
        return id;
    }

    /// <param name="characters">Token ids of the word's characters.</param>
    public void AddWord(ReadOnlySpan<int> characters, long count)
    {
        var start = sequences.Count;
        sequences.AddRange(characters);
        words.Add(new Word(start, characters.Length, count));
        for (var i = 0; i + 1 < characters.Length; i++)
            Count(new Pair(characters[i], characters[i + 1]), words.Count - 1, count);
    }

    /// <returns>False if no pair occurs at least <paramref name="minCount"/> times.</returns>
    public bool MergeMostFrequent(int minCount)
    {
        if (!queued)
        {
            foreach (var (pair, occurrences) in pairs)
                Queue(pair, occurrences.Count, minCount);
            queued = true;
        }
        while (queue.TryDequeue(out var pair, out var rank))
        {
            var count = pairs.TryGetValue(pair, out var occurrences) ? occurrences.Count : 0;
            if (count != rank.Count)
            {
                Queue(pair, count, minCount);
                continue;
            }
            Merge(pair, occurrences.Words);
            foreach (var changedPair in changed)
                Queue(changedPair, pairs[changedPair].Count, minCount);
            changed.Clear();
            return true;
        }
        return false;
    }

    private void Merge(Pair pair, List<int> wordIndexes)
    {
        var merged = AddToken(tokens[pair.Left] + tokens[pair.Right][VocabularyBuilder.Continuation.Length..]);
        foreach (var wordIndex in wordIndexes)
            Merge(pair, merged, wordIndex);
        pairs.Remove(pair);
    }

    private void Merge(Pair pair, int merged, int wordIndex)
    {
        ref var word = ref CollectionsMarshal.AsSpan(words)[wordIndex];
        var sequence = CollectionsMarshal.AsSpan(sequences).Slice(word.Start, word.Length);
        var length = 0;
        var afterMerge = false;
        for (var i = 0; i < sequence.Length; i++)
        {
            var matches = i + 1 < sequence.Length && sequence[i] == pair.Left && sequence[i + 1] == pair.Right;
            if (matches && i > 0 && !afterMerge)
                Uncount(new Pair(sequence[i - 1], pair.Left), word.Count);
            if (matches && i + 2 < sequence.Length)
                Uncount(new Pair(pair.Right, sequence[i + 2]), word.Count);
            sequence[length++] = matches ? merged : sequence[i];
            if (length > 1 && (matches || afterMerge))
                Recount(new Pair(sequence[length - 2], sequence[length - 1]), wordIndex, word.Count);
            afterMerge = matches;
            if (matches)
                i++;
        }
        word.Length = length;
    }

    private void Uncount(Pair pair, long count) => CollectionsMarshal.GetValueRefOrNullRef(pairs, pair).Count -= count;

    private void Recount(Pair pair, int wordIndex, long count)
    {
        Count(pair, wordIndex, count);
        changed.Add(pair);
    }

    private void Count(Pair pair, int wordIndex, long count)
    {
        ref var occurrences = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
        occurrences.Count += count;
        occurrences.Words ??= new List<int>(1);
        if (occurrences.Words.Count == 0 || occurrences.Words[^1] != wordIndex)
            occurrences.Words.Add(wordIndex);
    }

    private void Queue(Pair pair, long count, int minCount)
    {
        if (count >= minCount)
            queue.Enqueue(pair, new Rank(count, pair));
    }
}
