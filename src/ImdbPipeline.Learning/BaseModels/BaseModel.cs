namespace ImdbPipeline.Learning.BaseModels;

/// <summary>What a training starts from.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Folder">Its local files; null for <see cref="ScratchMini"/>, which has none.</param>
public sealed record BaseModel(string Name, string? Folder)
{
    /// <summary>The small encoder trained from nothing but the data set.</summary>
    public const string ScratchMini = "scratch-mini";

    public static BaseModel FromNothing { get; } = new(ScratchMini, null);
}
