namespace ImdbPipeline.Learning.Encoders;

/// <summary>What a classifier's logits mean; the names of <c>problem_type</c> in config.json.</summary>
public enum ProblemType
{
    /// <summary>Each text has one label; scores are the softmax of the logits.</summary>
    SingleLabelClassification,

    /// <summary>Each text has any number of labels; scores are the sigmoid of each logit.</summary>
    MultiLabelClassification,

    /// <summary>The logit is the value.</summary>
    Regression,
}
