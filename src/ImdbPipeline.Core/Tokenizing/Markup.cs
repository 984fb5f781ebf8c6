using System.Text.Json.Nodes;

namespace ImdbPipeline.Core.Tokenizing;

/// <summary>The normalizers of a tokenizer.json that do the same as <see cref="TextCleaner"/>.</summary>
internal static class Markup
{
    private const string Sequence = "Sequence", Normalizers = "normalizers";

    public static bool IsRemovedBy(JsonNode? normalizer) =>
        normalizer is JsonObject && normalizer["type"] is JsonValue type && type.TryGetValue(out string? name) && name == Sequence
        && normalizer[Normalizers] is JsonArray { Count: >= 2 } parts && JsonNode.DeepEquals(parts[0], Tags()) && JsonNode.DeepEquals(parts[1], WhiteSpace());

    /// <returns>A copy of the normalizer that leaves markup; null if nothing else is left.</returns>
    public static JsonNode? Without(JsonNode? normalizer)
    {
        if (!IsRemovedBy(normalizer))
            return normalizer?.DeepClone();
        var rest = normalizer![Normalizers]!.AsArray().Skip(2).Select(part => part?.DeepClone()).ToArray();
        return rest switch
        {
            [] => null,
            [var only] => only,
            _ => new JsonObject { ["type"] = Sequence, [Normalizers] = new JsonArray(rest) },
        };
    }

    /// <param name="normalizer">What comes after the removal; without a parent.</param>
    public static JsonNode? Removal(bool remove, JsonNode? normalizer) => remove
        ? new JsonObject { ["type"] = Sequence, [Normalizers] = new JsonArray([Tags(), WhiteSpace(), .. normalizer is null ? (JsonNode[])[] : [normalizer]]) }
        : normalizer;

    private static JsonObject Tags() => Replace(TextCleaner.MarkupPattern);

    private static JsonObject WhiteSpace() => Replace(@"\s+");

    private static JsonObject Replace(string pattern) =>
        new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["content"] = " " };
}
