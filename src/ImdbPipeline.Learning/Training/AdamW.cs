using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019) with gradient clipping by the norm over all parameters.</summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<OptimizedParameter> parameters;
    private readonly Tensor[] means;
    private readonly Tensor[] squares;
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;

    public AdamW(IReadOnlyList<OptimizedParameter> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (this.parameters, this.beta1, this.beta2, this.epsilon) = (parameters, beta1, beta2, epsilon);
        means = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
        squares = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; set; }

    /// <summary>What it remembers of the gradients: <c>means/{parameter}</c> and <c>squares/{parameter}</c>.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => parameters
        .SelectMany((p, i) => ((string, Tensor)[])[($"means/{p.Name}", means[i]), ($"squares/{p.Name}", squares[i])]);

    /// <summary>Moves every parameter by its gradient and clears the gradients.</summary>
    /// <param name="maxNorm">The gradients are scaled down together so that their norm is at most this.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Step(double learningRate, double maxNorm)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        var norm = GradientNorm();
        var clip = Math.Min(1, maxNorm / (norm + 1e-6));
        double correction1 = 1 - Math.Pow(beta1, Steps), correction2 = Math.Sqrt(1 - Math.Pow(beta2, Steps));
        for (var i = 0; i < parameters.Count; i++)
        {
            using var inner = NewDisposeScope();
            var parameter = parameters[i];
            if (parameter.Value.grad is not { } gradient)
                continue;
            var rate = learningRate * parameter.LearningRateFactor;
            if (clip < 1)
                gradient.mul_(clip);
            if (parameter.WeightDecay > 0)
                parameter.Value.mul_(1 - rate * parameter.WeightDecay);
            means[i].mul_(beta1).add_(gradient, 1 - beta1);
            squares[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            parameter.Value.addcdiv_(means[i], squares[i].sqrt().div_(correction2).add_(epsilon), -rate / correction1);
            gradient.zero_();
        }

        return norm;
    }

    public void Dispose()
    {
        foreach (var tensor in means.Concat(squares))
            tensor.Dispose();
    }

    private double GradientNorm()
    {
        var norms = parameters.Select(p => p.Value.grad).OfType<Tensor>().Select(g => g.norm()).ToArray();
        return norms.Length == 0 ? 0 : stack(norms).norm().ToDouble();
    }
}
