namespace ImdbPipeline.Core.Runs;

/// <summary>Whether the n-gram model that is trained along with the encoder becomes part of the published model.</summary>
public enum BlendMode
{
    /// <summary>If it helps on validation texts.</summary>
    Auto,

    /// <summary>Never.</summary>
    None,

    /// <summary>Always.</summary>
    Ngrams,
}
