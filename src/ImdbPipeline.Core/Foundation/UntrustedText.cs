namespace ImdbPipeline.Core.Foundation;

/// <summary>Text from strangers: names of files, members, columns, settings.</summary>
internal static class UntrustedText
{
    private const int MaxLength = 200;

    /// <summary>Escapes the text for a message, and shortens it.</summary>
    public static string Escape(string text) => PrintableText.OneLine(text.Length > MaxLength ? text[..MaxLength] + "…" : text);
}
