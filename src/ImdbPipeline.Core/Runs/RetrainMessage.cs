using System.Text.Json;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;
using static ImdbPipeline.Core.Runs.RetrainSettings;

namespace ImdbPipeline.Core.Runs;

/// <summary>Parses <c>retrain</c> messages strictly: misspelt or invalid settings are rejected, never ignored.</summary>
public static partial class RetrainMessage
{
    public const int MaxAuxiliaryDatasets = 8;

    private const int MaxNameLength = 250;

    /// <exception cref="InputRejectedException">The body is not a JSON object, or a setting is unknown, repeated, of the wrong type or out of range.</exception>
    public static RetrainRequest Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RetrainRequest request;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InputRejectedException(ErrorRules.RetrainJson, Subject, "a JSON object", $"a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()}", Remedy);
            RejectUnknownOrRepeated(json.RootElement);
            request = Read(json.RootElement);
        }
        // A property name with a lone surrogate is valid JSON but not valid Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputRejectedException(ErrorRules.RetrainJson, Subject, "a JSON object", body.Length == 0 ? "nothing" : $"invalid JSON ({e.Message})", Remedy, e);
        }
        Validate(request);
        return request;
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
            var found = Find(json, setting) is { } value ? UntrustedText.Escape(value.GetRawText()) : e.Message;
            throw new InputRejectedException(ErrorRules.RetrainSettingType, $"{Subject}, setting {setting}", Expected(setting), found, Remedy, e);
        }
    }

    /// <exception cref="InputRejectedException">A setting is invalid for every base model.</exception>
    public static void Validate(RetrainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Recipe.Resolve(request, Recipe.Notebook);
        if (request.Dataset is { } dataset)
            CheckDatasetName("dataset", dataset);
        if (request.Run is { } run && !RunNamePattern().IsMatch(run))
            throw new InputRejectedException(
                ErrorRules.RetrainRunName, $"{Subject}, setting run", "yyyyMMdd-HHmmss- followed by 1 to 50 lower-case letters, digits or hyphens", $"'{UntrustedText.Escape(run)}'", Remedy);
        CheckAuxiliaryDatasets(request.AuxiliaryDatasets ?? []);
        if (request.BaseModel is { } baseModel && (string.IsNullOrWhiteSpace(baseModel) || baseModel.Length > MaxNameLength || baseModel.Any(char.IsControl)))
            throw new InputRejectedException(
                ErrorRules.RetrainBaseModelName, $"{Subject}, setting baseModel", $"a name or path of 1 to {MaxNameLength} characters", $"'{UntrustedText.Escape(baseModel)}'", Remedy);
    }

    private static void CheckAuxiliaryDatasets(IReadOnlyList<string> names)
    {
        const string Setting = "auxiliaryDatasets";
        if (names.Count > MaxAuxiliaryDatasets)
            throw new InputRejectedException(ErrorRules.RetrainAuxiliaryCount, $"{Subject}, setting {Setting}", $"at most {MaxAuxiliaryDatasets} names", $"{names.Count}", Remedy);
        for (var i = 0; i < names.Count; i++)
        {
            CheckDatasetName($"{Setting}[{i}]", names[i]);
            if (names.Take(i).Contains(names[i]))
                throw new InputRejectedException(ErrorRules.RetrainAuxiliaryRepeated, $"{Subject}, setting {Setting}[{i}]", "each name once", $"'{names[i]}' twice", Remedy);
        }
    }

    private static void CheckDatasetName(string setting, string? name)
    {
        // The serializer accepts nulls in a list of strings.
        if (name is null || !DatasetStore.IsName(name))
            throw new InputRejectedException(
                ErrorRules.RetrainDatasetName, $"{Subject}, setting {setting}", "{dataset} or {dataset}/{version}", name is null ? "null" : $"'{UntrustedText.Escape(name)}'", Remedy);
    }

    // Runs are listed by name, so names start with the time.
    [GeneratedRegex(@"\A[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,50}\z")]
    private static partial Regex RunNamePattern();
}
