using System.Text.Json;
using System.Text.RegularExpressions;
using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Datasets;
using static ImdbPipeline.Core.Training.RetrainSettings;

namespace ImdbPipeline.Core.Training;

/// <summary>Reads <c>retrain</c> messages strictly: a misspelt or impossible setting is refused, never ignored.</summary>
public static partial class RetrainMessage
{
    public const int MostAuxiliaryDatasets = 8;

    private const int MostNameLength = 250;

    /// <exception cref="InputRejectedException">The body is no such message, or a setting is unknown, mistyped or impossible.</exception>
    public static RetrainRequest Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RetrainRequest request;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InputRejectedException("retrain-json", Subject, "a JSON object", $"a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()}", Remedy);
            RefuseOthers(json.RootElement);
            request = Read(json.RootElement);
        }
        // A name with half of a surrogate pair is valid JSON but no text.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputRejectedException("retrain-json", Subject, "a JSON object", body.Length == 0 ? "nothing" : $"invalid JSON ({e.Message})", Remedy, e);
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
            var found = Find(json, setting) is { } value ? ArchiveFile.Show(value.GetRawText()) : e.Message;
            throw new InputRejectedException("retrain-setting-type", $"{Subject}, setting {setting}", Expected(setting), found, Remedy, e);
        }
    }

    /// <exception cref="InputRejectedException">A setting is impossible whatever the base model's own defaults are.</exception>
    public static void Validate(RetrainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Recipe.Resolve(request, Recipe.Notebook);
        if (request.Dataset is { } dataset)
            RefuseDatasetName("dataset", dataset);
        if (request.Run is { } run && !RunNamePattern().IsMatch(run))
            throw new InputRejectedException(
                "retrain-run-name", $"{Subject}, setting run", "yyyyMMdd-HHmmss- and 1 to 50 small letters, digits or hyphens", $"'{ArchiveFile.Show(run)}'", Remedy);
        RefuseAuxiliaryDatasets(request.AuxiliaryDatasets ?? []);
        if (request.BaseModel is { } baseModel && (string.IsNullOrWhiteSpace(baseModel) || baseModel.Length > MostNameLength || baseModel.Any(char.IsControl)))
            throw new InputRejectedException(
                "retrain-base-model-name", $"{Subject}, setting baseModel", $"a name or path of 1 to {MostNameLength} characters", $"'{ArchiveFile.Show(baseModel)}'", Remedy);
    }

    private static void RefuseAuxiliaryDatasets(IReadOnlyList<string> names)
    {
        const string Setting = "auxiliaryDatasets";
        if (names.Count > MostAuxiliaryDatasets)
            throw new InputRejectedException("retrain-auxiliary-count", $"{Subject}, setting {Setting}", $"at most {MostAuxiliaryDatasets} names", $"{names.Count}", Remedy);
        for (var i = 0; i < names.Count; i++)
        {
            RefuseDatasetName($"{Setting}[{i}]", names[i]);
            if (names.Take(i).Contains(names[i]))
                throw new InputRejectedException("retrain-auxiliary-repeated", $"{Subject}, setting {Setting}[{i}]", "each name once", $"'{names[i]}' twice", Remedy);
        }
    }

    private static void RefuseDatasetName(string setting, string? name)
    {
        // The serializer lets a null into a list of texts.
        if (name is null || !DatasetStore.IsName(name))
            throw new InputRejectedException(
                "retrain-dataset-name", $"{Subject}, setting {setting}", "{dataset} or {dataset}/{version}", name is null ? "null" : $"'{ArchiveFile.Show(name)}'", Remedy);
    }

    // Runs are listed in the order of their names.
    [GeneratedRegex(@"\A[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,50}\z")]
    private static partial Regex RunNamePattern();
}
