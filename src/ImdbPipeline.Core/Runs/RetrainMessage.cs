using System.Text.RegularExpressions;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Runs;

/// <summary>Parses <c>retrain</c> messages strictly: misspelt or invalid settings are rejected, never ignored.</summary>
public static partial class RetrainMessage
{
    public const int MaxAuxiliaryDatasets = 8;

    internal const string Subject = "retrain message";
    internal const string Remedy = "Correct the message and send it again; {} trains on the newest dataset of the default task with the default recipe.";
    private const int MaxNameLength = 250;

    private static readonly JsonSettings<RetrainRequest> settings =
        new(ErrorRules.RetrainJson, ErrorRules.RetrainUnknownSetting, ErrorRules.RetrainRepeatedSetting, ErrorRules.RetrainSettingType);

    /// <exception cref="InputRejectedException">The body is not a JSON object, or a setting is unknown, repeated, of the wrong type or out of range.</exception>
    public static RetrainRequest Parse(string body)
    {
        var request = settings.Parse(body, Subject, Remedy);
        Validate(request);
        return request;
    }

    /// <exception cref="InputRejectedException">A setting is invalid for every base model.</exception>
    public static void Validate(RetrainRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Recipe.Resolve(request, Recipe.Notebook);
        if (request.Task is { } task && !TaskStore.IsName(task))
            throw new InputRejectedException(ErrorRules.RetrainTaskName, $"{Subject}, setting task", "the name of a task", $"'{UntrustedText.Escape(task)}'", Remedy);
        if (request.Dataset is { } dataset)
            CheckDatasetName("dataset", dataset);
        if (request.Run is { } run && !IsRunName(run))
            throw new InputRejectedException(
                ErrorRules.RetrainRunName, $"{Subject}, setting run", "yyyyMMdd-HHmmss- followed by 1 to 50 lower-case letters, digits or hyphens", $"'{UntrustedText.Escape(run)}'", Remedy);
        CheckAuxiliaryDatasets(request.AuxiliaryDatasets ?? []);
        CheckModelName("baseModel", request.BaseModel, ErrorRules.RetrainBaseModelName);
        CheckModelName("teacher", request.Teacher, ErrorRules.RetrainTeacherName);
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

    private static void CheckModelName(string setting, string? name, ErrorRule rule)
    {
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl)))
            throw new InputRejectedException(rule, $"{Subject}, setting {setting}", $"a name or path of 1 to {MaxNameLength} characters", $"'{UntrustedText.Escape(name)}'", Remedy);
    }

    private static void CheckDatasetName(string setting, string? name)
    {
        // The serializer accepts nulls in a list of strings.
        if (name is null || !DatasetStore.IsName(name))
            throw new InputRejectedException(
                ErrorRules.RetrainDatasetName, $"{Subject}, setting {setting}", "{dataset} or {dataset}/{version}", name is null ? "null" : $"'{UntrustedText.Escape(name)}'", Remedy);
    }

    /// <summary>Whether a run can have this name; such names are safe in paths.</summary>
    public static bool IsRunName(string name) => RunNamePattern().IsMatch(name);

    // Runs are listed by name, so names start with the time.
    [GeneratedRegex(@"\A[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,50}\z")]
    private static partial Regex RunNamePattern();
}
