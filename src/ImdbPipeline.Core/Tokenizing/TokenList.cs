using System.Buffers;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>A list of token ids in a pooled array; dispose exactly once.</summary>
internal ref struct TokenList(int capacity)
{
    private int[] ids = ArrayPool<int>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public void Add(int id)
    {
        if (Count == ids.Length)
            Grow();
        ids[Count++] = id;
    }

    /// <summary>Removes everything after the first <paramref name="count"/> ids.</summary>
    public void Truncate(int count) => Count = count;

    public readonly int[] ToArray() => ids.AsSpan(0, Count).ToArray();

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(ids);

    private void Grow()
    {
        var larger = ArrayPool<int>.Shared.Rent(ids.Length * 2);
        ids.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<int>.Shared.Return(ids);
        ids = larger;
    }
}
