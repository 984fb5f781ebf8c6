namespace ImdbPipeline.Core.Scoring;

/// <summary>The champion pointer, or the model that it names, is damaged or cannot be used by this version.</summary>
/// <param name="model">The champion; null if the pointer is damaged.</param>
/// <param name="cause">What is wrong.</param>
public sealed class ChampionUnusableException(string? model, Exception cause)
    : Exception(model is null ? $"The champion pointer cannot be read. {cause.Message}" : $"Champion {model} cannot be used. {cause.Message} Roll back with 'imdb models rollback', or promote another model.", cause);
