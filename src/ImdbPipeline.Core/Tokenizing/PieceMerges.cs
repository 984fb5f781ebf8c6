using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Words as sequences of pieces, and how often each pair of neighbours occurs in them.</summary>
internal sealed class PieceMerges(List<string> pieces)
{
    /// <summary>Two neighbours as one number that sorts as they do: the left one's id, then the right one's.</summary>
    private readonly record struct Pair(ulong Ids)
    {
        public Pair(int left, int right) : this((ulong)(uint)left << 32 | (uint)right)
        {
        }

        public int Left => (int)(Ids >> 32);

        public int Right => (int)(uint)Ids;

        // A number's own hash is one half XOR the other: half a million pairs would share thirty thousand hashes.
        public override int GetHashCode() => (int)(Ids * 0x9E3779B97F4A7C15 >> 32);
    }

    /// <summary>The most frequent pair first, of equally frequent ones the one with the smaller ids.</summary>
    private readonly record struct Rank(long Count, Pair Pair) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.Ids.CompareTo(other.Pair.Ids);
    }

    /// <param name="Words">Those the pair was ever in, some twice and some no longer: lists take a third of the memory of sets.</param>
    private record struct Occurrences(long Count, List<int> Words);

    /// <param name="Start">Of its pieces among those of all words.</param>
    private record struct Word(int Start, int Length, long Count);

    private readonly Dictionary<string, int> ids = pieces.Index().ToDictionary(piece => piece.Item, piece => piece.Index, StringComparer.Ordinal);
    private readonly List<int> sequences = [];
    private readonly List<Word> words = [];
    private readonly Dictionary<Pair, Occurrences> pairs = [];
    private readonly HashSet<Pair> changed = [];

    // Counts in the queue may be out of date; such a pair is queued again when it comes up.
    private readonly PriorityQueue<Pair, Rank> queue = new();
    private bool queued;

    public int AddPiece(string piece)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, piece, out var known);
        if (!known)
        {
            id = pieces.Count;
            pieces.Add(piece);
        }
        return id;
    }

    /// <param name="characters">The ids of its pieces.</param>
    public void AddWord(ReadOnlySpan<int> characters, long count)
    {
        var start = sequences.Count;
        sequences.AddRange(characters);
        words.Add(new Word(start, characters.Length, count));
        for (var i = 0; i + 1 < characters.Length; i++)
            Count(new Pair(characters[i], characters[i + 1]), words.Count - 1, count);
    }

    /// <returns>False where no pair occurs often enough.</returns>
    public bool JoinMostFrequent(int minCount)
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
            Join(pair, occurrences.Words);
            foreach (var neighbours in changed)
                Queue(neighbours, pairs[neighbours].Count, minCount);
            changed.Clear();
            return true;
        }
        return false;
    }

    private void Join(Pair pair, List<int> places)
    {
        var joined = AddPiece(pieces[pair.Left] + pieces[pair.Right][VocabularyBuilder.Continuation.Length..]);
        foreach (var place in places)
            Join(pair, joined, place);
        pairs.Remove(pair);
    }

    private void Join(Pair pair, int joined, int place)
    {
        ref var word = ref CollectionsMarshal.AsSpan(words)[place];
        var sequence = CollectionsMarshal.AsSpan(sequences).Slice(word.Start, word.Length);
        var length = 0;
        var afterJoin = false;
        for (var i = 0; i < sequence.Length; i++)
        {
            var both = i + 1 < sequence.Length && sequence[i] == pair.Left && sequence[i + 1] == pair.Right;
            if (both && i > 0 && !afterJoin)
                Uncount(new Pair(sequence[i - 1], pair.Left), word.Count);
            if (both && i + 2 < sequence.Length)
                Uncount(new Pair(pair.Right, sequence[i + 2]), word.Count);
            sequence[length++] = both ? joined : sequence[i];
            if (length > 1 && (both || afterJoin))
                Recount(new Pair(sequence[length - 2], sequence[length - 1]), place, word.Count);
            afterJoin = both;
            if (both)
                i++;
        }
        word.Length = length;
    }

    private void Uncount(Pair pair, long count) => CollectionsMarshal.GetValueRefOrNullRef(pairs, pair).Count -= count;

    private void Recount(Pair pair, int place, long count)
    {
        Count(pair, place, count);
        changed.Add(pair);
    }

    private void Count(Pair pair, int place, long count)
    {
        ref var occurrences = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
        occurrences.Count += count;
        occurrences.Words ??= new List<int>(1);
        if (occurrences.Words.Count == 0 || occurrences.Words[^1] != place)
            occurrences.Words.Add(place);
    }

    private void Queue(Pair pair, long count, int minCount)
    {
        if (count >= minCount)
            queue.Enqueue(pair, new Rank(count, pair));
    }
}
