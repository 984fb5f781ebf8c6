namespace ImdbPipeline.Core.Tokenizing;

/// <summary>Which part of a text longer than the maximum length is kept.</summary>
public enum Truncation
{
    Head,
    Tail,

    /// <summary>The first 128 and the last 382 tokens, scaled for maximum lengths other than 512.</summary>
    HeadTail,
}
