using System.Buffers;
using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>What a blob's name needs so that every storage service can list and address it.</summary>
public static class BlobName
{
    /// <summary>For error messages.</summary>
    public const string Requirement = "no control characters and no '.' or '..' between slashes";

    /// <summary>
    /// Whether a blob can be listed and addressed by its name: an address loses <c>.</c> and <c>..</c> segments and so names another blob, and a listing,
    /// which is XML, cannot contain control characters.
    /// </summary>
    public static bool IsAddressable(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return HasOnlyListableCharacters(name) && name.Split('/').All(segment => segment is not ("." or ".."));
    }

    private static bool HasOnlyListableCharacters(ReadOnlySpan<char> name)
    {
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out var rune, out var length) != OperationStatus.Done || Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF)
                return false;
            name = name[length..];
        }
        return true;
    }
}
