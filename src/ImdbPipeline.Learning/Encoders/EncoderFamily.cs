namespace ImdbPipeline.Learning.Encoders;

/// <summary>The encoders that can be loaded, by <c>model_type</c> of their config.json.</summary>
public enum EncoderFamily
{
    DistilBert,
    Bert,
}
