using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ImdbPipeline.Core.Foundation;

/// <summary>
/// Parses a JSON object of settings strictly: misspelt, repeated or mistyped settings are rejected, never ignored. Errors name nested
/// settings by path: <c>furtherPretraining.batchSize</c>.
/// </summary>
/// <param name="invalid">Rule for text that is not a JSON object.</param>
internal sealed class JsonSettings<T>(ErrorRule invalid, ErrorRule unknown, ErrorRule repeated, ErrorRule mistyped)
{
    private static readonly JsonTypeInfo root = PipelineJson.Message.GetTypeInfo(typeof(T));

    /// <param name="file">UTF-8, with or without a byte order mark.</param>
    /// <param name="maxBytes">Maximum size of the file.</param>
    /// <inheritdoc cref="Parse(string, string, string)"/>
    public T Parse(ReadOnlySpan<byte> file, int maxBytes, string subject, string remedy)
    {
        if (file.Length > maxBytes)
            throw new InputRejectedException(invalid, subject, $"at most {maxBytes} bytes", "more", remedy);
        try
        {
            return Parse(StrictEncoding.Utf8.GetString(file).TrimStart('\uFEFF'), subject, remedy);
        }
        catch (DecoderFallbackException e)
        {
            throw new InputRejectedException(invalid, subject, "a JSON object in UTF-8", "another encoding", remedy, e);
        }
    }

    /// <param name="subject">What errors call the object.</param>
    /// <exception cref="InputRejectedException">The text is not a JSON object, or a setting is unknown, repeated or of the wrong type.</exception>
    public T Parse(string text, string subject, string remedy)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InputRejectedException(invalid, subject, "a JSON object", $"a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()}", remedy);
            RejectUnknownOrRepeated(json.RootElement, root, "", subject, remedy);
            return Read(json.RootElement, subject, remedy);
        }
        // A property name with a lone surrogate is valid JSON but not valid Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputRejectedException(invalid, subject, "a JSON object", text.Length == 0 ? "nothing" : $"invalid JSON ({e.Message})", remedy, e);
        }
    }

    private T Read(JsonElement json, string subject, string remedy)
    {
        try
        {
            return json.Deserialize<T>(PipelineJson.Message)!;
        }
        catch (JsonException e)
        {
            var setting = e.Path?.TrimStart('$', '.') ?? "";
            var found = Find(json, setting) is { } value ? UntrustedText.Escape(value.GetRawText()) : e.Message;
            throw new InputRejectedException(mistyped, $"{subject}, setting {setting}", Expected(setting), found, remedy, e);
        }
    }

    private void RejectUnknownOrRepeated(JsonElement json, JsonTypeInfo type, string path, string subject, string remedy)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in json.EnumerateObject())
        {
            if (type.Properties.FirstOrDefault(known => known.Name == setting.Name) is not { } known)
                throw new InputRejectedException(unknown, subject, $"only the settings {Names(type, path)}", $"'{path}{UntrustedText.Escape(setting.Name)}'", remedy);
            if (!seen.Add(setting.Name))
                throw new InputRejectedException(repeated, subject, "each setting once", $"'{path}{setting.Name}' twice", remedy);
            var inner = PipelineJson.Message.GetTypeInfo(known.PropertyType);
            if (setting.Value.ValueKind == JsonValueKind.Object && inner.Kind == JsonTypeInfoKind.Object)
                RejectUnknownOrRepeated(setting.Value, inner, $"{path}{setting.Name}.", subject, remedy);
        }
    }

    /// <param name="path">The serializer's JSON path without <c>$.</c>: <c>furtherPretraining.epochs</c>, <c>auxiliaryDatasets[1]</c>.</param>
    /// <returns>A description of the expected value.</returns>
    private static string Expected(string path)
    {
        var type = path.Split('.', '[').Aggregate((Type?)root.Type, InnerType);
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
            not null when type == typeof(int) => $"a whole number of at most {int.MaxValue}",
            not null when type == typeof(double) => "a number",
            not null when type == typeof(bool) => "true or false",
            not null when PipelineJson.Message.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable => "a list of strings",
            not null when PipelineJson.Message.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object => "an object of settings",
            _ => "a string",
        };
    }

    /// <returns>The value at the path, or null if there is none.</returns>
    private static JsonElement? Find(JsonElement json, string path)
    {
        foreach (var part in path.Split('.', '['))
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(part, out var value))
                json = value;
            else if (json.ValueKind == JsonValueKind.Array && int.TryParse(part.TrimEnd(']'), out var index) && index < json.GetArrayLength())
                json = json[index];
            else
                return null;
        }
        return json;
    }

    private static string Names(JsonTypeInfo type, string path) =>
        string.Join(", ", type.Properties.Select(known => path + known.Name).Order(StringComparer.Ordinal));

    // Follows one part of the path: to a property's type, or to a list's element type.
    private static Type? InnerType(Type? type, string part)
    {
        if (type is null)
            return null;
        var json = PipelineJson.Message.GetTypeInfo(type);
        var inner = json.Kind == JsonTypeInfoKind.Enumerable ? json.ElementType : json.Properties.FirstOrDefault(known => known.Name == part)?.PropertyType;
        return inner is null ? null : Nullable.GetUnderlyingType(inner) ?? inner;
    }
}
