namespace ImdbPipeline.Learning.Encoders;

/// <summary>The supported encoders, by <c>model_type</c> in config.json.</summary>
public enum EncoderFamily
{
    DistilBert,
    Bert,
}
