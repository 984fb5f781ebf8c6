namespace ImdbPipeline.Learning.BaseModels;

/// <summary>The model that training starts from.</summary>
/// <param name="Name">Name as requested.</param>
/// <param name="Folder">Local model folder; null for base models created from the dataset alone.</param>
public sealed record BaseModel(string Name, string? Folder)
{
    /// <summary>A small encoder with word vectors and soft labels computed from the dataset.</summary>
    public const string ScratchMini = "scratch-mini";

    public static BaseModel FromScratch { get; } = new(ScratchMini, null);
}
