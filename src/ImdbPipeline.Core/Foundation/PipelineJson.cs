using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ImdbPipeline.Core.Foundation;

/// <summary>The three sets of JSON options; all use camelCase for property and enum names.</summary>
public static class PipelineJson
{
    /// <summary>For stored records that people open: indented, ignores unknown properties.</summary>
    public static JsonSerializerOptions Record { get; } = Make(indented: true, JsonUnmappedMemberHandling.Skip);

    /// <summary>For one record per line (scores, metrics): ignores unknown properties.</summary>
    public static JsonSerializerOptions Line { get; } = Make(indented: false, JsonUnmappedMemberHandling.Skip);

    /// <summary>For queue messages: rejects unknown and duplicate properties, so that no setting is silently ignored.</summary>
    public static JsonSerializerOptions Message { get; } = Make(indented: false, JsonUnmappedMemberHandling.Disallow);

    /// <summary>Parses a file of another program.</summary>
    /// <exception cref="JsonException">It is not a JSON object, has a property twice, or a name that is not valid Unicode.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> json)
    {
        try
        {
            // A duplicate property would otherwise fail later, on first access, with a different exception.
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException("no JSON object");
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <returns>Null if the property is missing or not a string.</returns>
    internal static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonSerializerOptions Make(bool indented, JsonUnmappedMemberHandling unmapped)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            UnmappedMemberHandling = unmapped,
            // A duplicate setting is as suspicious as a misspelt one.
            AllowDuplicateProperties = unmapped == JsonUnmappedMemberHandling.Skip,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            // A required field that is missing or null means damage, not a default.
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
