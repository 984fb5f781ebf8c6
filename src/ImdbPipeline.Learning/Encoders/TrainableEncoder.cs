using ImdbPipeline.Core.Runs;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>An encoder whose weights can be trained; it owns them.</summary>
public sealed class TrainableEncoder : Encoder
{
    private readonly WeightKernels kernels;

    public TrainableEncoder(EncoderWeights weights) : this(new WeightKernels(weights))
    {
    }

    internal TrainableEncoder(WeightKernels kernels) : base(kernels.Weights.Config, kernels) => this.kernels = kernels;

    public EncoderWeights Weights => kernels.Weights;

    /// <summary>Draws the dropout of training passes.</summary>
    public DropoutMasks Dropout { get; set; } = new(seed: 0);

    private protected override DropoutMasks Masks => Dropout;

    /// <summary>Set while training only; null for the plain encoder.</summary>
    public IAttentionOverride? AttentionOverride { get; set; }

    /// <summary>
    /// The data type of matrix products and attention. Weights, norms, residual sums and logits stay in float32.
    /// </summary>
    public TrainingPrecision Precision
    {
        get => kernels.Precision;
        set => kernels.Precision = value;
    }

    /// <summary>Casts a tensor to the data type of matrix products.</summary>
    public Tensor ToComputeType(Tensor value) => kernels.ToComputeType(value);

    private protected override Tensor Attend(Tensor queries, Tensor hidden, TokenBatch batch, int index, bool training)
    {
        if (AttentionOverride?.Covers(index) != true)
            return base.Attend(queries, hidden, batch, index, training);
        var layer = ParameterNames.Of(Config.Family).Layer(index);
        var gathered = AttentionOverride.Gather(Dense(hidden, layer.Prefix + layer.Value), batch, index);
        return Dense(queries.shape[0] == hidden.shape[0] ? gathered : gathered.index_select(0, batch.Starts), layer.Prefix + layer.Output);
    }
}
