using System.Globalization;
using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Archives;

/// <summary>What a label may consist of, and when two labels look the same.</summary>
internal static class LabelText
{
    // Zero width space, word joiner and byte order mark.
    private const string ZeroWidthSpaces = "\u200b\u2060\ufeff";

    /// <summary>Arabic letter mark, left-to-right and right-to-left marks, embeddings, overrides and isolates.</summary>
    private const string Bidirectional = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    /// <summary>The label without what cannot be seen: zero-width spaces, blanks at both ends, and the difference between composed and decomposed letters.</summary>
    public static string Clean(string label)
    {
        if (Ascii.IsValid(label))
            return label.Trim();
        var visible = label.AsSpan().ContainsAny(ZeroWidthSpaces) ? string.Concat(label.Where(c => !ZeroWidthSpaces.Contains(c))) : label;
        return LetterComposition.Compose(visible).Trim();
    }

    /// <exception cref="InputRejectedException">The label is too long, or has characters that forge what is shown next to it.</exception>
    public static void Require(string label, int maxLength, ArchiveFile archive, string place, string? member)
    {
        if (label.Length > maxLength)
            throw archive.Reject(
                ErrorRules.LabelInvalid, $"labels of at most {maxLength} characters", $"one of {label.Length} {place}", "Check that this is the label and not the text, or raise the setting MaxLabelLength.", member);
        if (label.Any(c => Bidirectional.Contains(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            throw archive.Reject(
                ErrorRules.LabelInvalid, "labels without control characters, line breaks and bidirectional characters", $"'{UntrustedText.Escape(label)}' {place}", "Rename the label.", member);
    }
}
