using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Rows of token ids as tensors.</summary>
/// <param name="Ids">int64 <c>[batch, length]</c>, padded on the right.</param>
/// <param name="Attend">bool <c>[batch, 1, 1, length]</c>, true at real tokens; null where no row is padded.</param>
public sealed record TokenBatch(Tensor Ids, Tensor? Attend)
{
    /// <summary>Pads to the longest row.</summary>
    public static TokenBatch Of(IReadOnlyList<int[]> rows, int padTokenId, Device device)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int length = rows.Max(row => row.Length), batch = rows.Count;
        var ids = new long[batch * length];
        var attend = new bool[batch * length];
        Array.Fill(ids, padTokenId);
        for (var r = 0; r < batch; r++)
        {
            var row = rows[r];
            for (var i = 0; i < row.Length; i++)
            {
                ids[r * length + i] = row[i];
                attend[r * length + i] = true;
            }
        }

        var padded = rows.Any(row => row.Length < length);
        return new TokenBatch(
            tensor(ids, [batch, length], device: device),
            padded ? tensor(attend, [batch, 1, 1, length], device: device) : null);
    }
}
