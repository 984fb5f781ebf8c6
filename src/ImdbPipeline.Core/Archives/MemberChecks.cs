using System.IO.Hashing;
using System.Runtime.InteropServices;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>Checks for every member of every archive format: a safe and unique name, and sizes within the limits.</summary>
internal sealed class MemberChecks(ArchiveFile archive, ArchiveLimits limits, long packedBytes)
{
    // Hashes, as a million long names would take a gigabyte. A million names collide by chance in one of 10^7 archives.
    private readonly HashSet<ulong> seen = [];
    private int members;
    private long unpackedBytes;

    public ArchiveFile Archive => archive;

    /// <returns>The name without <c>./</c>, repeated slashes and a folder's trailing slash.</returns>
    public string CheckName(string name)
    {
        if (++members > limits.MaxMembers)
            throw archive.Reject(ErrorRules.TooManyMembers, $"at most {limits.MaxMembers} members", "more", "Split the archive, or upload a table.");
        if (name.Length > limits.MaxNameLength)
            throw archive.Reject(ErrorRules.MemberNameTooLong, $"names of at most {limits.MaxNameLength} characters", $"{name.Length}", "Shorten the path.", Member(name));

        if (name.Contains('\\') || HasControl(name))
            throw Unsafe(name, "a backslash or control character");
        if (name.StartsWith('/') || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0])))
            throw Unsafe(name, "an absolute path");
        var plain = Normalize(name);
        if (!seen.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(plain.AsSpan()))))
            throw archive.Reject(ErrorRules.MemberDuplicate, "unique member names", "the same name twice", "Repack the archive from a folder.", Member(name));
        return plain;
    }

    public InputRejectedException NotRegular(string name, string kind) =>
        archive.Reject(ErrorRules.MemberNotRegular, "files and folders only", kind, "Pack regular files only, without links and devices.", Member(name));

    /// <summary>Counts uncompressed bytes against the limits.</summary>
    /// <param name="member">Null if the bytes do not belong to a single member.</param>
    /// <param name="memberBytes">Uncompressed bytes of the member so far.</param>
    public void Count(int bytes, string? member, long memberBytes)
    {
        unpackedBytes += bytes;
        if (memberBytes > limits.MaxMemberBytes)
            throw archive.Reject(ErrorRules.MemberTooBig, $"members of at most {limits.MaxMemberBytes} bytes", "more", "Split the member.", member);
        if (unpackedBytes > limits.MaxUnpackedBytes)
            throw archive.Reject(ErrorRules.ArchiveTooBigUnpacked, $"at most {limits.MaxUnpackedBytes} uncompressed bytes", "more", "Split it into several files.", member);
        if (unpackedBytes > limits.MinBytesForRatioCheck && unpackedBytes > packedBytes * limits.MaxRatio)
            throw archive.Reject(
                ErrorRules.ArchiveRatio, $"at most {limits.MaxRatio} uncompressed bytes per compressed byte", $"{unpackedBytes} from {packedBytes} so far",
                "Check the content; this looks like a decompression bomb.", member);
    }

    public static string Member(string name) => $"member {name}";

    private string Normalize(string name)
    {
        var plain = true;
        foreach (var part in name.AsSpan().Split('/'))
        {
            if (name.AsSpan(part) is "..")
                throw Unsafe(name, "'..'");
            plain &= name.AsSpan(part) is not ("" or ".");
        }
        return plain ? name : string.Join('/', name.Split('/').Where(part => part is not ("" or ".")));
    }

    private static bool HasControl(string name)
    {
        foreach (var c in name)
            if (char.IsControl(c))
                return true;
        return false;
    }

    private InputRejectedException Unsafe(string name, string what) =>
        archive.Reject(ErrorRules.MemberNameUnsafe, "a relative path inside the archive", what, "Repack the archive from inside its folder.", Member(name));
}
