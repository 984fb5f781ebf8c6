using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Runs;

/// <summary>The settings of a <c>retrain</c> message; nested settings are named by path: <c>furtherPretraining.batchSize</c>.</summary>
internal static class RetrainSettings
{
    public const string Subject = "retrain message";
    public const string Remedy = "Correct the message and send it again; {} trains on the newest dataset with the default recipe.";

    private static readonly JsonTypeInfo message = PipelineJson.Message.GetTypeInfo(typeof(RetrainRequest));

    /// <exception cref="InputRejectedException">A setting is unknown or repeated.</exception>
    public static void RejectUnknownOrRepeated(JsonElement json) => RejectUnknownOrRepeated(json, message, "");

    /// <param name="path">The serializer's JSON path without <c>$.</c>: <c>furtherPretraining.epochs</c>, <c>auxiliaryDatasets[1]</c>.</param>
    /// <returns>A description of the expected value.</returns>
    public static string Expected(string path)
    {
        var type = path.Split('.', '[').Aggregate((Type?)message.Type, InnerType);
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
            not null when type == typeof(int) => $"a whole number of at most {int.MaxValue}",
            not null when type == typeof(double) => "a number",
            not null when PipelineJson.Message.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable => "a list of strings",
            not null when PipelineJson.Message.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object => "an object of settings",
            _ => "a string",
        };
    }

    /// <returns>The value at the path, or null if there is none.</returns>
    public static JsonElement? Find(JsonElement json, string path)
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

    private static void RejectUnknownOrRepeated(JsonElement json, JsonTypeInfo type, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in json.EnumerateObject())
        {
            if (type.Properties.FirstOrDefault(known => known.Name == setting.Name) is not { } known)
                throw new InputRejectedException(ErrorRules.RetrainUnknownSetting, Subject, $"only the settings {Names(type, path)}", $"'{path}{UntrustedText.Escape(setting.Name)}'", Remedy);
            if (!seen.Add(setting.Name))
                throw new InputRejectedException(ErrorRules.RetrainRepeatedSetting, Subject, "each setting once", $"'{path}{setting.Name}' twice", Remedy);
            var inner = PipelineJson.Message.GetTypeInfo(known.PropertyType);
            if (setting.Value.ValueKind == JsonValueKind.Object && inner.Kind == JsonTypeInfoKind.Object)
                RejectUnknownOrRepeated(setting.Value, inner, $"{path}{setting.Name}.");
        }
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
