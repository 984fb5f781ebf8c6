using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Words as sequences of pieces, and how often each pair of neighbours occurs in them.</summary>
internal sealed class PieceMerges(List<string> pieces)
{
    private readonly record struct Pair(int Left, int Right);

    private readonly Dictionary<string, int> ids = pieces.Index().ToDictionary(piece => piece.Item, piece => piece.Index, StringComparer.Ordinal);
    private readonly List<(int[] Pieces, long Count)> words = [];
    private readonly Dictionary<Pair, long> counts = [];

    // The words each pair was ever in, some twice and some no longer: lists take a third of the memory of sets.
    private readonly Dictionary<Pair, List<int>> occurrences = [];

    // Counts in the queue may be out of date; such a pair is queued again when it comes up.
    private readonly PriorityQueue<(Pair Pair, long Count), (long MinusCount, int Left, int Right)> queue = new();
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

    public void AddWord(IReadOnlyList<string> characters, long count)
    {
        var word = new int[characters.Count];
        for (var i = 0; i < word.Length; i++)
            word[i] = ids[characters[i]];
        words.Add((word, count));
        for (var i = 0; i + 1 < word.Length; i++)
            Count(new Pair(word[i], word[i + 1]), words.Count - 1, count);
    }

    /// <returns>False where no pair occurs often enough.</returns>
    public bool JoinMostFrequent(int minCount)
    {
        if (!queued)
        {
            foreach (var pair in counts.Keys)
                Queue(pair);
            queued = true;
        }
        while (queue.TryDequeue(out var top, out _))
        {
            var count = counts.GetValueOrDefault(top.Pair);
            if (count != top.Count)
            {
                if (count >= minCount)
                    Queue(top.Pair);
                continue;
            }
            if (count < minCount)
                return false;
            Join(top.Pair);
            return true;
        }
        return false;
    }

    private void Join(Pair pair)
    {
        var joined = AddPiece(pieces[pair.Left] + pieces[pair.Right][VocabularyBuilder.Continuation.Length..]);
        var changed = new HashSet<Pair>();
        foreach (var index in occurrences[pair])
        {
            var (word, count) = words[index];
            if (!Contains(word, pair))
                continue;
            for (var i = 0; i + 1 < word.Length; i++)
                counts[new Pair(word[i], word[i + 1])] -= count;

            var shorter = new List<int>(word.Length);
            for (var i = 0; i < word.Length; i++)
            {
                var both = i + 1 < word.Length && word[i] == pair.Left && word[i + 1] == pair.Right;
                shorter.Add(both ? joined : word[i]);
                if (both)
                    i++;
            }
            words[index] = ([.. shorter], count);
            for (var i = 0; i + 1 < shorter.Count; i++)
            {
                var neighbours = new Pair(shorter[i], shorter[i + 1]);
                Count(neighbours, index, count);
                if (neighbours.Left == joined || neighbours.Right == joined)
                    changed.Add(neighbours);
            }
        }
        counts.Remove(pair);
        occurrences.Remove(pair);
        foreach (var neighbours in changed)
            Queue(neighbours);
    }

    private static bool Contains(int[] word, Pair pair)
    {
        for (var i = 0; i + 1 < word.Length; i++)
            if (word[i] == pair.Left && word[i + 1] == pair.Right)
                return true;
        return false;
    }

    private void Queue(Pair pair) => queue.Enqueue((pair, counts[pair]), (-counts[pair], pair.Left, pair.Right));

    private void Count(Pair pair, int word, long count)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += count;
        ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(occurrences, pair, out _);
        at ??= new List<int>(1);
        if (at.Count == 0 || at[^1] != word)
            at.Add(word);
    }
}
