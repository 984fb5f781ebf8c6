using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Learning.Teaching;

namespace ImdbPipeline.Learning.FineTuning;

/// <summary>Finds a recipe's teacher.</summary>
public sealed class TeacherResolver(ModelLocator models, BaseModelResolver baseModels)
{
    private static readonly ModelRole role = new("teacher", ErrorRules.TeacherUnknown, [Recipe.NoTeacher, Recipe.NgramTeacher]);

    /// <param name="name">A value of <see cref="Recipe.Teacher"/>.</param>
    /// <returns>Null for none.</returns>
    /// <exception cref="InputRejectedException">The model does not exist or cannot be used.</exception>
    public async Task<ITeacher?> ResolveAsync(string name, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => name switch
    {
        Recipe.NoTeacher => null,
        Recipe.NgramTeacher => new NgramTeacher(),
        _ when baseModels.IsBuiltIn(name) => throw role.Unknown(name, "a trained model", "a base model, which cannot classify yet", "Train it first, and name its folder or version."),
        _ => new ModelTeacher(name, await models.FindAsync(name, role, progress, cancellationToken)),
    };
}
