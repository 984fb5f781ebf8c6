using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// Dropout whose masks depend only on a seed and the order of the calls, not on the number of threads. On the CPU the masks are
/// drawn here, about 20 times as fast as by torch. On a GPU torch draws them, from its own seed.
/// </summary>
/// <param name="seed">Random seed of the step.</param>
public sealed class DropoutMasks(ulong seed)
{
    private const int BlockLength = 1 << 15;

    private ulong drawn;

    /// <param name="value">float32 or bfloat16, any shape.</param>
    /// <param name="probability">Of an element to become zero; the others are divided by the rest, as in <c>torch.nn.functional.dropout</c>.</param>
    public Tensor Apply(Tensor value, double probability)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (probability == 0)
            return value;
        if (value.device_type != DeviceType.CPU)
            return nn.functional.dropout(value, probability, training: true);
        using var scope = NewDisposeScope();
        var mask = empty(value.shape, ScalarType.Float32);
        Draw(mask.bytes, probability, NextStream());
        return (value * mask.to(value.dtype)).MoveToOuterDisposeScope();
    }

    /// <returns>Seed of the next mask.</returns>
    internal ulong NextStream() => DropoutGenerator.Hash(seed ^ DropoutGenerator.Hash(drawn++));

    private static unsafe void Draw(Span<byte> mask, double probability, ulong stream)
    {
        var length = mask.Length / sizeof(float);
        fixed (byte* start = mask)
        {
            var values = (nint)start;
            // Each block has its own generator, whichever thread draws it.
            Parallel.For(0, (length + BlockLength - 1) / BlockLength, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, block =>
            {
                var at = block * BlockLength;
                new DropoutGenerator(stream + (ulong)block, probability).Fill(new Span<float>((float*)values + at, Math.Min(BlockLength, length - at)));
            });
        }
    }
}
