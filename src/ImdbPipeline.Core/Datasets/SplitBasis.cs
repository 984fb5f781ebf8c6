namespace ImdbPipeline.Core.Datasets;

/// <summary>How the validation split was made.</summary>
public enum SplitBasis
{
    /// <summary>There is none, because the requested share is 0.</summary>
    None,

    /// <summary>It comes from the archive.</summary>
    Archive,

    /// <summary>Whole movies were held out.</summary>
    Movie,

    /// <summary>Texts were held out one by one, because no movies or too few are known.</summary>
    Review,
}
