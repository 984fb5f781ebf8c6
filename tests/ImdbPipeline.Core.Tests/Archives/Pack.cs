using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ImdbPipeline.Core.Tests.Archives;

/// <summary>Builds valid and invalid archives byte by byte.</summary>
internal static class Pack
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }

    public static byte[] Tar(params (string Name, string Text)[] files) =>
        TarOf([.. files.Select(file => TarEntry(file.Name, Utf8(file.Text)))]);

    public static byte[] TarOf(params byte[][] entries) => [.. entries.SelectMany(entry => entry), .. new byte[1024]];

    public static byte[] TarEntry(string name, byte[] content, char type = '0', string link = "", long? size = null)
    {
        var header = new byte[512];
        Put(0, name);
        Put(100, "0000644\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        Put(124, Convert.ToString(size ?? content.Length, 8).PadLeft(11, '0') + "\0");
        Put(136, "00000000000\0");
        Put(148, "        ");
        Put(156, type.ToString());
        Put(157, link);
        Put(257, "ustar\0" + "00");
        Put(148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        return [.. header, .. content, .. new byte[(512 - content.Length % 512) % 512]];

        void Put(int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);
    }

    /// <summary>A pax header with the given records, to be put before an entry.</summary>
    public static byte[] Pax(params (string Key, string Value)[] records)
    {
        var text = string.Concat(records.Select(record =>
        {
            var rest = $" {record.Key}={record.Value}\n";
            var length = rest.Length + 1;
            while (length != rest.Length + length.ToString(CultureInfo.InvariantCulture).Length)
                length = rest.Length + length.ToString(CultureInfo.InvariantCulture).Length;
            return length + rest;
        }));
        return TarEntry("PaxHeader", Utf8(text), 'x');
    }

    public static byte[] Zip(params (string Name, string Text)[] files) => Zip(CompressionLevel.Optimal, files);

    public static byte[] Zip(CompressionLevel level, params (string Name, string Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(Utf8(text));
            }
        return packed.ToArray();
    }

    /// <summary>Position of the n-th header with this signature.</summary>
    public static int Find(byte[] zip, uint signature, int n = 0)
    {
        for (var at = 0; at + 4 <= zip.Length; at++)
            if (BitConverter.ToUInt32(zip, at) == signature && n-- == 0)
                return at;
        throw new InvalidOperationException($"Signature {signature:x8} not found.");
    }

    public const uint LocalHeader = 0x04034b50, CentralHeader = 0x02014b50;

    /// <summary>Two labels with two texts each.</summary>
    public static (string Name, string Text)[] Texts { get; } =
    [
        ("pos/1.txt", "A fine film."), ("pos/2.txt", "I loved it."), ("neg/1.txt", "A bad film."), ("neg/2.txt", "I left early."),
    ];
}
