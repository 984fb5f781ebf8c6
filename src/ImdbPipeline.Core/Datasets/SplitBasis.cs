namespace ImdbPipeline.Core.Datasets;

/// <summary>How the validation part came to be.</summary>
public enum SplitBasis
{
    /// <summary>There is none: the settings ask for no share.</summary>
    None,

    /// <summary>The archive brought it.</summary>
    Archive,

    /// <summary>Whole movies were held out.</summary>
    Movie,

    /// <summary>Reviews were held out one by one: no movies are known, or too few to hold some out.</summary>
    Review,
}
