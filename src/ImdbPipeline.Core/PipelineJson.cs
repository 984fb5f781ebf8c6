using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ImdbPipeline.Core;

/// <summary>The three ways JSON is written and read here; property and enum names are camelCase in all of them.</summary>
public static class PipelineJson
{
    /// <summary>For stored records that people open: indented, unknown properties ignored.</summary>
    public static JsonSerializerOptions Record { get; } = Make(indented: true, JsonUnmappedMemberHandling.Skip);

    /// <summary>For one record a line (scores, metrics): unknown properties ignored.</summary>
    public static JsonSerializerOptions Line { get; } = Make(indented: false, JsonUnmappedMemberHandling.Skip);

    /// <summary>For messages that arrive: an unknown or repeated property is an error, so that no setting is silently ignored.</summary>
    public static JsonSerializerOptions Message { get; } = Make(indented: false, JsonUnmappedMemberHandling.Disallow);

    /// <returns>Null where the object has no such property, or one that is no text.</returns>
    internal static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonSerializerOptions Make(bool indented, JsonUnmappedMemberHandling unmapped)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            UnmappedMemberHandling = unmapped,
            // A setting given twice is as doubtful as a misspelt one.
            AllowDuplicateProperties = unmapped == JsonUnmappedMemberHandling.Skip,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            // A field that is missing or null where a value must be is damage, not a default.
            RespectNullableAnnotations = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireParameters } },
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly();
        return options;
    }

    private static void RequireParameters(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { Set: not null, AssociatedParameter: { HasDefaultValue: false, IsNullable: false } })
                property.IsRequired = true;
        }
    }
}
