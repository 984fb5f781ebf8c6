using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Sets VER_FLG_WEAK on one entry of the ELF section .gnu.version_r of a 64-bit little-endian library.
/// The patched copy is renamed over the file instead of written into it: the file may be a hard link into the package cache.
/// </summary>
public class MakeSymbolVersionWeak : Task
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    [Required]
    public ITaskItem[] Libraries { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        foreach (var library in Libraries)
        {
            var path = library.GetMetadata("FullPath");
            var image = File.ReadAllBytes(path);
            if (!IsElf64(image) || !SetWeak(image))
                continue;
            var written = File.GetLastWriteTimeUtc(path);
            var temporary = path + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(temporary, image);
            // Keep the package file's timestamp and size, so that incremental builds do not copy it again.
            File.SetLastWriteTimeUtc(temporary, written);
            File.Delete(path);
            File.Move(temporary, path);
            Log.LogMessage(MessageImportance.Normal, "{0}: {1} is no longer required", path, SymbolVersion);
        }
        return !Log.HasLoggedErrors;
    }

    private static bool IsElf64(byte[] image)
    {
        return image.Length > 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F'
            && image[4] == 2 && image[5] == 1;
    }

    private bool SetWeak(byte[] image)
    {
        var sections = checked((int)BitConverter.ToInt64(image, 0x28));
        int entrySize = BitConverter.ToUInt16(image, 0x3a), count = BitConverter.ToUInt16(image, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var section = sections + i * entrySize;
            if (BitConverter.ToUInt32(image, section + 4) != SectionTypeVersionNeeds)
                continue;
            var needs = checked((int)BitConverter.ToInt64(image, section + 0x18));
            var names = sections + checked((int)BitConverter.ToUInt32(image, section + 0x28)) * entrySize;
            var strings = checked((int)BitConverter.ToInt64(image, names + 0x18));
            return SetWeak(image, needs, strings);
        }
        return false;
    }

    private bool SetWeak(byte[] image, int need, int strings)
    {
        while (true)
        {
            int entries = BitConverter.ToUInt16(image, need + 2);
            var entry = need + checked((int)BitConverter.ToUInt32(image, need + 8));
            for (var i = 0; i < entries; i++)
            {
                var name = strings + checked((int)BitConverter.ToUInt32(image, entry + 8));
                var flags = BitConverter.ToUInt16(image, entry + 4);
                if (NameAt(image, name) == SymbolVersion && (flags & WeakFlag) == 0)
                {
                    BitConverter.GetBytes((ushort)(flags | WeakFlag)).CopyTo(image, entry + 4);
                    return true;
                }
                entry += checked((int)BitConverter.ToUInt32(image, entry + 12));
            }
            var next = checked((int)BitConverter.ToUInt32(image, need + 12));
            if (next == 0)
                return false;
            need += next;
        }
    }

    private static string NameAt(byte[] image, int start)
    {
        var end = Array.IndexOf(image, (byte)0, start);
        return Encoding.ASCII.GetString(image, start, end - start);
    }
}
