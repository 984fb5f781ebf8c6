using System.Text.Json;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Core.Training;

/// <summary>Reads <c>retrain</c> messages strictly: a misspelt or impossible setting is refused, never ignored.</summary>
public static class RetrainMessage
{
    private const string Subject = "retrain message";
    private const string Remedy = "Correct the message and send it again; {} alone means the newest data set and the default recipe.";
    private const int MostNameLength = 250;

    private static readonly IReadOnlyList<string> Known =
        [.. PipelineJson.Message.GetTypeInfo(typeof(RetrainRequest)).Properties.Select(p => p.Name).Order(StringComparer.Ordinal)];

    /// <exception cref="InputRejectedException">The body is no such message, or a setting is unknown, mistyped or impossible.</exception>
    public static RetrainRequest Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RetrainRequest request;
        try
        {
            using var json = JsonDocument.Parse(body);
            RefuseOtherThanKnownProperties(json.RootElement);
            request = Read(json.RootElement);
        }
        catch (JsonException e)
        {
            throw new InputRejectedException("retrain-json", Subject, "a JSON object", body.Length == 0 ? "nothing" : $"invalid JSON ({e.Message})", Remedy, e);
        }
        Validate(request);
        return request;
    }

    private static void RefuseOtherThanKnownProperties(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InputRejectedException("retrain-json", Subject, "a JSON object", $"a JSON {json.ValueKind.ToString().ToLowerInvariant()}", Remedy);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (!Known.Contains(property.Name))
                throw new InputRejectedException("retrain-unknown-setting", Subject, $"only the settings {string.Join(", ", Known)}", $"'{ArchiveFile.Show(property.Name)}'", Remedy);
            if (!seen.Add(property.Name))
                throw new InputRejectedException("retrain-repeated-setting", Subject, "each setting once", $"'{property.Name}' twice", Remedy);
        }
    }

    private static RetrainRequest Read(JsonElement json)
    {
        try
        {
            return json.Deserialize<RetrainRequest>(PipelineJson.Message)!;
        }
        catch (JsonException e)
        {
            var setting = e.Path?.TrimStart('$', '.') ?? "";
            var found = json.TryGetProperty(setting, out var value) ? ArchiveFile.Show(value.GetRawText()) : e.Message;
            throw new InputRejectedException("retrain-setting-type", $"{Subject}, setting {setting}", Expected(setting), found, Remedy, e);
        }
    }

    /// <exception cref="InputRejectedException">A setting is impossible whatever the base model's own defaults are.</exception>
    public static void Validate(RetrainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Recipe.Resolve(request, Recipe.Notebook);
        if (request.Dataset is { } dataset && !DatasetStore.IsName(dataset))
            throw new InputRejectedException(
                "retrain-dataset-name", $"{Subject}, setting dataset", "{dataset} or {dataset}/{version}", $"'{ArchiveFile.Show(dataset)}'", Remedy);
        if (request.BaseModel is { } baseModel && (string.IsNullOrWhiteSpace(baseModel) || baseModel.Length > MostNameLength || baseModel.Any(char.IsControl)))
            throw new InputRejectedException(
                "retrain-base-model-name", $"{Subject}, setting baseModel", $"a name or path of 1 to {MostNameLength} characters", $"'{ArchiveFile.Show(baseModel)}'", Remedy);
    }

    private static string Expected(string setting)
    {
        var type = typeof(RetrainRequest).GetProperties().FirstOrDefault(p => string.Equals(p.Name, setting, StringComparison.OrdinalIgnoreCase))?.PropertyType;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
            not null when type == typeof(int) => $"a whole number of at most {int.MaxValue}",
            not null when type == typeof(double) => "a number",
            _ => "a text",
        };
    }
}
