using System.Globalization;

namespace ImdbPipeline.Core.Archives;

/// <summary>A 512-byte tar header (POSIX.1-1988 ustar, pax, GNU).</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int BlockSize = 512;

    private const int ChecksumAt = 148, ChecksumLength = 8;

    private readonly ReadOnlySpan<byte> block = block;

    public char Type => (char)block[156];

    public ReadOnlySpan<byte> Name => Text(0, 100);

    /// <summary>The folder in front of <see cref="Name"/>; POSIX ustar only, GNU uses these bytes differently.</summary>
    public ReadOnlySpan<byte> Prefix => block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Text(345, 155) : default;

    /// <summary>Null if the field is not a number.</summary>
    public long? Size => Number(block.Slice(124, 12));

    public bool IsChecksumValid
    {
        get
        {
            // The checksum field itself counts as spaces.
            var checksum = block.Slice(ChecksumAt, ChecksumLength);
            return Number(checksum) == Sum(block) - Sum(checksum) + ChecksumLength * ' ';
        }
    }

    public static string Describe(char type) => type switch
    {
        '1' => "a hard link",
        '2' => "a symbolic link",
        '3' => "a character device",
        '4' => "a block device",
        '6' => "a FIFO",
        'S' => "a sparse file",
        _ => string.Create(CultureInfo.InvariantCulture, $"an entry of type 0x{(int)type:x2}"),
    };

    private static long Sum(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        foreach (var b in bytes)
            sum += b;
        return sum;
    }

    private ReadOnlySpan<byte> Text(int start, int length)
    {
        var field = block.Slice(start, length);
        return field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;
    }

    private static long? Number(ReadOnlySpan<byte> field)
    {
        // GNU writes sizes too large for octal in base 256, marked by the highest bit.
        if (field[0] == 0x80)
        {
            long value = 0;
            foreach (var b in field[1..])
            {
                if (value >> 54 != 0)
                    return null;
                value = value << 8 | b;
            }
            return value;
        }
        field = field.Trim(" \0"u8);
        long octal = 0;
        foreach (var b in field)
        {
            if (b is < (byte)'0' or > (byte)'7')
                return null;
            octal = octal << 3 | (uint)(b - '0');
        }
        return field.IsEmpty ? null : octal;
    }
}
