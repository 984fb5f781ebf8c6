namespace ImdbPipeline.Learning.BaseModels;

/// <summary>What a training starts from.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Folder">Its local files; null for the ones that are made from nothing but the data set.</param>
public sealed record BaseModel(string Name, string? Folder)
{
    /// <summary>A small encoder with word vectors and soft labels from the data set.</summary>
    public const string ScratchMini = "scratch-mini";

    public static BaseModel FromNothing { get; } = new(ScratchMini, null);
}
