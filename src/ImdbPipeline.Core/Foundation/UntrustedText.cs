using System.Globalization;
using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Text from strangers: names of files, members, columns, settings.</summary>
internal static class UntrustedText
{
    private const int MaxLength = 200;

    /// <summary>Escapes control characters, since untrusted names reach terminals and logs.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.Length > MaxLength ? text[..MaxLength] + "…" : text)
            if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator)
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                escaped.Append(c);
        return escaped.ToString();
    }
}
