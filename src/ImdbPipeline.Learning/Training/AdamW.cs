using ImdbPipeline.Learning.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) on libtorch's fused kernel, with gradient clipping by the global norm as in
/// <c>torch.nn.utils.clip_grad_norm_</c>.
/// </summary>
public sealed class AdamW(IReadOnlyList<OptimizedParameter> parameters, double beta2 = 0.999) : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Epsilon = 1e-8;

    private readonly Moments[] moments = [.. parameters.Select(Moments.Of)];

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>
    /// The optimizer state: the running averages of the gradients (<c>means/{parameter}</c>) and of their squares
    /// (<c>squares/{parameter}</c>), both in the parameter's shape, and the scalar <c>steps/{parameter}</c>, the number of updates.
    /// To restore the state, copy into these tensors.
    /// </summary>
    public IEnumerable<(string Name, Tensor Value)> State => moments.SelectMany(moment => ((string, Tensor)[])
        [($"means/{moment.Parameter.Name}", moment.Mean), ($"squares/{moment.Parameter.Name}", moment.Square), ($"steps/{moment.Parameter.Name}", moment.Steps)]);

    /// <summary>Updates every parameter that has a gradient, then clears the gradients.</summary>
    /// <param name="maxNorm">Max global norm of the gradients; larger gradients are scaled down.</param>
    /// <returns>The global gradient norm before clipping.</returns>
    public double Step(double learningRate, double maxNorm)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        var updated = moments.Where(moment => moment.Parameter.Value.grad is not null).ToArray();
        if (updated.Length == 0)
            return 0;
        var gradients = Array.ConvertAll(updated, moment => moment.Parameter.Value.grad!);
        var norm = TensorListOperators.Norm(gradients).ToDouble();
        // In single precision, as in torch.
        var clip = 1 / ((float)norm + 1e-6f) * (float)maxNorm;
        if (clip < 1)
            TensorListOperators.Multiply(gradients, clip);
        foreach (var group in updated.GroupBy(moment => (moment.Parameter.LearningRateFactor, moment.Parameter.WeightDecay)))
            Update([.. group], learningRate * group.Key.LearningRateFactor, group.Key.WeightDecay);
        TensorListOperators.Zero(gradients);
        return norm;
    }

    public void Dispose()
    {
        foreach (var moment in moments)
        {
            moment.Mean.Dispose();
            moment.Square.Dispose();
            moment.Steps.Dispose();
        }
    }

    private void Update(Moments[] group, double rate, double decay) => TensorListOperators.AdamW(
        Array.ConvertAll(group, moment => moment.Parameter.Value), Array.ConvertAll(group, moment => moment.Parameter.Value.grad!),
        Array.ConvertAll(group, moment => moment.Mean), Array.ConvertAll(group, moment => moment.Square),
        Array.ConvertAll(group, moment => moment.Steps), rate, Beta1, beta2, decay, Epsilon);

    private sealed record Moments(OptimizedParameter Parameter, Tensor Mean, Tensor Square, Tensor Steps)
    {
        public static Moments Of(OptimizedParameter parameter) =>
            new(parameter, ZerosLike(parameter.Value), ZerosLike(parameter.Value), zeros([], ScalarType.Float32, parameter.Value.device).DetachFromDisposeScope());

        private static Tensor ZerosLike(Tensor value) => zeros_like(value, requires_grad: false).DetachFromDisposeScope();
    }
}
