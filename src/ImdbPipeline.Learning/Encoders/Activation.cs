namespace ImdbPipeline.Learning.Encoders;

/// <summary>The function between the two dense layers of a feed-forward block.</summary>
public enum Activation
{
    Gelu,

    /// <summary>GELU approximated by a hyperbolic tangent.</summary>
    GeluTanh,

    Relu,

    Silu,
}
