using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) by libtorch's fused kernel, after clipping the gradients by their norm over all
/// parameters as <c>torch.nn.utils.clip_grad_norm_</c> does.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly Moments[] moments;
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;

    public AdamW(IReadOnlyList<OptimizedParameter> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (this.beta1, this.beta2, this.epsilon) = (beta1, beta2, epsilon);
        moments = [.. parameters.Select(Moments.Of)];
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>
    /// All that the next step depends on: the running averages <c>means/{parameter}</c> of the gradients and
    /// <c>squares/{parameter}</c> of their squares, each of its parameter's shape, and <c>steps/{parameter}</c>, a scalar: how
    /// often the parameter had a gradient. Copy into them to restore.
    /// </summary>
    public IEnumerable<(string Name, Tensor Value)> State => moments.SelectMany(one => ((string, Tensor)[])
        [($"means/{one.Parameter.Name}", one.Mean), ($"squares/{one.Parameter.Name}", one.Square), ($"steps/{one.Parameter.Name}", one.Steps)]);

    /// <summary>Moves every parameter that has a gradient and clears the gradients.</summary>
    /// <param name="maxNorm">The gradients are scaled down together so that their norm is at most this.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Step(double learningRate, double maxNorm)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        var moving = moments.Where(one => one.Parameter.Value.grad is not null).ToArray();
        if (moving.Length == 0)
            return 0;
        var gradients = Array.ConvertAll(moving, one => one.Parameter.Value.grad!);
        var norm = UnboundOperators.Norm(gradients).ToDouble();
        // In single precision, as torch computes it on the device.
        var clip = 1 / ((float)norm + 1e-6f) * (float)maxNorm;
        if (clip < 1)
            UnboundOperators.Multiply(gradients, clip);
        foreach (var group in moving.GroupBy(one => (one.Parameter.LearningRateFactor, one.Parameter.WeightDecay)))
            Move([.. group], learningRate * group.Key.LearningRateFactor, group.Key.WeightDecay);
        UnboundOperators.Zero(gradients);
        return norm;
    }

    public void Dispose()
    {
        foreach (var one in moments)
        {
            one.Mean.Dispose();
            one.Square.Dispose();
            one.Steps.Dispose();
        }
    }

    private void Move(Moments[] group, double rate, double decay) => UnboundOperators.AdamW(
        Array.ConvertAll(group, one => one.Parameter.Value), Array.ConvertAll(group, one => one.Parameter.Value.grad!),
        Array.ConvertAll(group, one => one.Mean), Array.ConvertAll(group, one => one.Square),
        Array.ConvertAll(group, one => one.Steps), rate, beta1, beta2, decay, epsilon);

    private sealed record Moments(OptimizedParameter Parameter, Tensor Mean, Tensor Square, Tensor Steps)
    {
        public static Moments Of(OptimizedParameter parameter) =>
            new(parameter, ZerosLike(parameter.Value), ZerosLike(parameter.Value), zeros([], ScalarType.Float32, parameter.Value.device).DetachFromDisposeScope());

        private static Tensor ZerosLike(Tensor value) => zeros_like(value, requires_grad: false).DetachFromDisposeScope();
    }
}
