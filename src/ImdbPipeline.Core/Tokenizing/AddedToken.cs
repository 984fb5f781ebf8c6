using System.Text.Json.Nodes;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>A token that is looked for in a text before the text is split into words; an entry of <c>added_tokens</c> in tokenizer.json.</summary>
/// <param name="SingleWord">Found only where no word character is next to it.</param>
/// <param name="LeftStrip">Includes the white space before it.</param>
/// <param name="RightStrip">Includes the white space after it.</param>
/// <param name="Normalized">Looked for in the normalized text, not in the text as it is.</param>
/// <param name="Special">Not part of a text's content, such as <c>[CLS]</c>.</param>
public sealed record AddedToken(
    int Id, string Content, bool SingleWord = false, bool LeftStrip = false, bool RightStrip = false, bool Normalized = false, bool Special = false)
{
    /// <summary>The same token with the settings that a tokenizer file states about how it is found.</summary>
    /// <exception cref="InvalidOperationException">A setting is neither true nor false.</exception>
    public AddedToken With(JsonNode? settings)
    {
        return this with
        {
            SingleWord = Flag("single_word") ?? SingleWord,
            LeftStrip = Flag("lstrip") ?? LeftStrip,
            RightStrip = Flag("rstrip") ?? RightStrip,
            Normalized = Flag("normalized") ?? Normalized,
        };

        bool? Flag(string name) => settings?[name]?.GetValue<bool>();
    }
}
