using System.Buffers.Binary;
using System.Text;

namespace ImdbPipeline.Testing.Fuzzing;

/// <summary>Makes new inputs from known ones; the same seed gives the same inputs.</summary>
/// <param name="seed">Random seed.</param>
/// <param name="tokens">Pieces that mean something in the format, inserted now and then.</param>
public sealed class Mutator(int seed, IReadOnlyList<string> tokens)
{
    private const int MaxChanges = 6;
    private const int MaxBlock = 64;
    private const int MaxLength = 64 << 10;

    private static readonly long[] Edges = [0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];
    private static readonly string[] Numbers = ["0", "-1", "1e999", "-0", "9999999999999999999999", "0.1", "NaN", "1e-400", "٣", "0x10"];
    private static readonly byte[] Bytes = [0, 0x0A, 0x0D, 0x09, 0x20, 0x22, 0x27, 0x2C, 0x3A, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F, 0x80, 0xC2, 0xED, 0xF4, 0xFE, 0xFF];

    private readonly Random random = new(seed);
    private readonly byte[][] pieces = [.. tokens.Select(Encoding.UTF8.GetBytes)];

    /// <param name="valid">Inputs that were read; at least one.</param>
    /// <param name="known">All inputs with an outcome of their own; at least one.</param>
    public byte[] Next(IReadOnlyList<byte[]> valid, IReadOnlyList<byte[]> known)
    {
        ArgumentNullException.ThrowIfNull(valid);
        ArgumentNullException.ThrowIfNull(known);
        var input = Pick(random.Next(4) == 0 ? known : valid).ToList();
        // Mostly few changes: an input that is almost valid reaches further.
        for (var change = random.Next(4) == 0 ? random.Next(1, MaxChanges + 1) : 1; change > 0; change--)
            Change(input, known);
        return input.Count <= MaxLength ? [.. input] : [.. input.Take(MaxLength)];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> known)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(1, MaxBlock), input.Count - at);
        switch (random.Next(12))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = Pick(Bytes);
                break;
            case 2:
                input.Insert(at, Pick(Bytes));
                break;
            case 3:
                input.InsertRange(at, Pick(pieces.Length > 0 ? pieces : [Encoding.UTF8.GetBytes(Pick(Numbers))]));
                break;
            case 4:
                input.RemoveRange(at, length);
                break;
            case 5:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 6:
                var other = Pick(known);
                var from = random.Next(other.Length + 1);
                input.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 4 * MaxBlock), other.Length - from)).ToArray());
                break;
            case 7:
                input.RemoveRange(at, input.Count - at);
                break;
            case 8:
                Overwrite(input, at);
                break;
            case 9:
                ReplaceNumber(input, at);
                break;
            case 10:
                input.InsertRange(at, Enumerable.Repeat(Pick(Bytes), random.Next(1, 16 * MaxBlock)));
                break;
            default:
                var noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                input.InsertRange(at, noise);
                break;
        }
    }

    /// <summary>Lengths and offsets are binary numbers of four or eight bytes.</summary>
    private void Overwrite(List<byte> input, int at)
    {
        var number = new byte[8];
        var edge = Pick(Edges);
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(number, edge);
        else
            BinaryPrimitives.WriteInt64BigEndian(number, edge);
        for (var i = 0; i < random.Next(1, 9) && at + i < input.Count; i++)
            input[at + i] = number[i];
    }

    private void ReplaceNumber(List<byte> input, int at)
    {
        var start = input.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return;
        var end = start;
        while (end < input.Count && input[end] is >= (byte)'0' and <= (byte)'9')
            end++;
        input.RemoveRange(start, end - start);
        input.InsertRange(start, Encoding.UTF8.GetBytes(Pick(Numbers)));
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
