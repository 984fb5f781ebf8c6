using System.Buffers.Binary;

namespace ImdbPipeline.Core.Tables;

/// <summary>
/// Checks the metadata at the end of a Parquet file before the library reads it: behind the end of damaged metadata, the library reads for ever. Every field
/// must have the type that the format gives it, and end before the metadata does.
/// </summary>
/// <remarks>Thrift's compact protocol; structures as in parquet.thrift of Apache Parquet.</remarks>
internal static class ParquetFooter
{
    private const int TailLength = 8;
    private const int MaxBytes = 256 << 20;

    private static readonly Field I8 = new(Wire.I8), I16 = new(Wire.I16), I32 = new(Wire.I32), I64 = new(Wire.I64), Flag = new(Wire.True), Number = new(Wire.Double), Binary = new(Wire.Binary);

    private static readonly Field Empty = Struct();
    private static readonly Field KeyValue = Struct((1, Binary), (2, Binary));
    private static readonly Field TimeUnit = Struct((1, Empty), (2, Empty), (3, Empty));
    private static readonly Field Time = Struct((1, Flag), (2, TimeUnit));

    private static readonly Field LogicalType = Struct(
        (1, Empty), (2, Empty), (3, Empty), (4, Empty), (5, Struct((1, I32), (2, I32))), (6, Empty), (7, Time), (8, Time), (10, Struct((1, I8), (2, Flag))), (11, Empty), (12, Empty), (13, Empty),
        (14, Empty), (15, Empty), (16, Struct((1, I8))), (17, Struct((1, Binary))), (18, Struct((1, Binary), (2, I32))));

    private static readonly Field SchemaElement = Struct((1, I32), (2, I32), (3, I32), (4, Binary), (5, I32), (6, I32), (7, I32), (8, I32), (9, I32), (10, LogicalType));
    private static readonly Field Statistics = Struct((1, Binary), (2, Binary), (3, I64), (4, I64), (5, Binary), (6, Binary), (7, Flag), (8, Flag), (9, I64));
    private static readonly Field SizeStatistics = Struct((1, I64), (2, List(I64)), (3, List(I64)));
    private static readonly Field Box = Struct((1, Number), (2, Number), (3, Number), (4, Number), (5, Number), (6, Number), (7, Number), (8, Number));

    private static readonly Field ColumnMetaData = Struct(
        (1, I32), (2, List(I32)), (3, List(Binary)), (4, I32), (5, I64), (6, I64), (7, I64), (8, List(KeyValue)), (9, I64), (10, I64), (11, I64), (12, Statistics),
        (13, List(Struct((1, I32), (2, I32), (3, I32)))), (14, I64), (15, I32), (16, SizeStatistics), (17, Struct((1, Box), (2, List(I32)))));

    private static readonly Field ColumnChunk = Struct((1, Binary), (2, I64), (3, ColumnMetaData), (4, I64), (5, I32), (6, I64), (7, I32));
    private static readonly Field SortingColumn = Struct((1, I32), (2, Flag), (3, Flag));
    private static readonly Field RowGroup = Struct((1, List(ColumnChunk)), (2, I64), (3, I64), (4, List(SortingColumn)), (5, I64), (6, I64), (7, I16));

    // Encrypted files are not read.
    private static readonly Field FileMetaData = Struct(
        (1, I32), (2, List(SchemaElement)), (3, I64), (4, List(RowGroup)), (5, List(KeyValue)), (6, Binary), (7, List(Struct((1, Empty)))));

    /// <exception cref="InvalidDataException">The file does not end with complete metadata.</exception>
    public static void Require(Stream file)
    {
        if (file.Length < TailLength)
            throw new InvalidDataException("no metadata at its end");
        Span<byte> tail = stackalloc byte[TailLength];
        file.Position = file.Length - TailLength;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length < 0 || length > Math.Min(MaxBytes, file.Length - TailLength))
            throw new InvalidDataException("no metadata at its end");
        var metadata = new byte[length];
        file.Position = file.Length - TailLength - length;
        file.ReadExactly(metadata);
        new Walk(metadata).Read(FileMetaData);
    }

    private static Field Struct(params (short Id, Field Field)[] fields) => new(Wire.Struct, Fields: fields.ToDictionary(field => field.Id, field => field.Field));

    private static Field List(Field element) => new(Wire.List, Element: element);

    private enum Wire
    {
        Stop = 0,
        True = 1,
        False = 2,
        I8 = 3,
        I16 = 4,
        I32 = 5,
        I64 = 6,
        Double = 7,
        Binary = 8,
        List = 9,
        Set = 10,
        Map = 11,
        Struct = 12,
    }

    /// <param name="Wire">How the value is written.</param>
    /// <param name="Fields">The fields of a structure, by their numbers.</param>
    /// <param name="Element">What a list consists of.</param>
    private sealed record Field(Wire Wire, Dictionary<short, Field>? Fields = null, Field? Element = null);

    private sealed class Walk(byte[] metadata)
    {
        private const int MaxVarintBytes = 10;
        private const int LongList = 15;
        private const int DoubleBytes = 8;
        private const int MaxDepth = 32;

        private int at;

        public void Read(Field field)
        {
            switch (field.Wire)
            {
                case Wire.Struct:
                    ReadStruct(field);
                    break;
                case Wire.List:
                    ReadList(field.Element!);
                    break;
                default:
                    SkipValue(field.Wire);
                    break;
            }
        }

        private void SkipValue(Wire wire)
        {
            switch (wire)
            {
                case Wire.True or Wire.False:
                    break;
                case Wire.I8:
                    Skip(1);
                    break;
                case Wire.I16 or Wire.I32 or Wire.I64:
                    ReadVarint();
                    break;
                case Wire.Double:
                    Skip(DoubleBytes);
                    break;
                case Wire.Binary:
                    Skip(ReadLength());
                    break;
                default:
                    throw new InvalidDataException($"unknown metadata (type {(int)wire})");
            }
        }

        private void ReadStruct(Field type)
        {
            for (short id = 0; ;)
            {
                var header = Next();
                if (header == (int)Wire.Stop)
                    return;
                var delta = header >> 4;
                id = delta > 0 ? (short)(id + delta) : ZigZag(ReadVarint());
                if (type.Fields!.TryGetValue(id, out var field) ? !IsWire(header & 15, field) : IsEncryption(type, id))
                    throw new InvalidDataException($"unknown metadata (field {id} of type {header & 15})");
                // Newer versions of the format may add fields.
                if (field is null)
                    SkipUnknown((Wire)(header & 15), depth: 0);
                else
                    Read(field);
            }
        }

        private static bool IsEncryption(Field type, short id) => id is 8 or 9 && (type == FileMetaData || type == ColumnChunk);

        private void SkipUnknown(Wire wire, int depth)
        {
            if (depth > MaxDepth)
                throw new InvalidDataException("metadata that is nested too deeply");
            switch (wire)
            {
                case Wire.List or Wire.Set:
                    var header = Next();
                    for (var count = ReadCount(header); count > 0; count--)
                        SkipUnknown(ElementWire(header & 15), depth + 1);
                    break;
                case Wire.Struct:
                    while (Next() is var next && next != (int)Wire.Stop)
                    {
                        if (next >> 4 == 0)
                            ReadVarint();
                        SkipUnknown((Wire)(next & 15), depth + 1);
                    }
                    break;
                default:
                    SkipValue(wire);
                    break;
            }
        }

        // In a list, a flag takes a byte.
        private static Wire ElementWire(int type) => type is (int)Wire.True or (int)Wire.False ? Wire.I8 : (Wire)type;

        private void ReadList(Field element)
        {
            var header = Next();
            var count = ReadCount(header);
            if (count > 0 && !IsWire(header & 15, element))
                throw new InvalidDataException($"unknown metadata (a list of type {header & 15})");
            // In a list, a flag takes a byte.
            for (var i = 0; i < count; i++)
            {
                if (element.Wire == Wire.True)
                    Skip(1);
                else
                    Read(element);
            }
        }

        private static bool IsWire(int type, Field field) => type == (int)field.Wire || (field.Wire == Wire.True && type == (int)Wire.False);

        private static short ZigZag(ulong value) => (short)((long)(value >> 1) ^ -(long)(value & 1));

        private int ReadCount(int listHeader) => listHeader >> 4 == LongList ? ReadLength() : listHeader >> 4;

        private int ReadLength()
        {
            var length = ReadVarint();
            return length <= (ulong)(metadata.Length - at) ? (int)length : throw Cut();
        }

        private ulong ReadVarint()
        {
            var value = 0UL;
            for (var i = 0; i < MaxVarintBytes; i++)
            {
                var b = Next();
                value |= (ulong)(b & 0x7F) << (7 * i);
                if (b < 0x80)
                    return value;
            }
            throw new InvalidDataException("metadata with a number that does not end");
        }

        private int Next() => at < metadata.Length ? metadata[at++] : throw Cut();

        private void Skip(int bytes) => at = bytes <= metadata.Length - at ? at + bytes : throw Cut();

        private static InvalidDataException Cut() => new("metadata that does not end");
    }
}
