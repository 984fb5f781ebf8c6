using ImdbPipeline.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Tests.Training;

public sealed class AdamWTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Each_parameter_has_its_own_learning_rate_and_weight_decay()
    {
        var parameters = Parameters();
        var expected = parameters.Select(p => new Reference(p)).ToArray();
        using var optimizer = new AdamW(parameters);

        for (var step = 1; step <= 20; step++)
        {
            SetGradients(parameters, step);
            foreach (var one in expected)
                one.Step(step, learningRate: 0.01 * step);
            optimizer.Step(0.01 * step, maxNorm: 1e9);
        }

        Assert.Equal(20, optimizer.Steps);
        foreach (var (parameter, one) in parameters.Zip(expected))
            Assert.Equal(one.Values, Values(parameter.Value).Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Gradients_above_the_max_norm_are_scaled_down_together()
    {
        OptimizedParameter[] Both() => [new("a", Parameter(0, 0), 1, 0), new("b", Parameter(0), 1, 0)];
        OptimizedParameter[] clipped = Both(), plain = Both();
        using AdamW clipping = new(clipped), unclipped = new(plain);
        clipped[0].Value.grad = tensor(new[] { 2f, -3f });
        clipped[1].Value.grad = tensor(new[] { 6f });
        plain[0].Value.grad = tensor(new[] { 2f / 14, -3f / 14 });
        plain[1].Value.grad = tensor(new[] { 6f / 14 });

        Assert.Equal(7, clipping.Step(0.1, maxNorm: 0.5), 1e-6);
        Assert.Equal(0.5, unclipped.Step(0.1, maxNorm: 1), 1e-6);

        foreach (var (one, other) in clipping.State.Zip(unclipped.State))
            Assert.Equal(Values(other.Value), Values(one.Value), (a, b) => Math.Abs(a - b) <= 1e-6 * Math.Abs(a));
    }

    [Fact]
    public void A_parameter_without_a_gradient_does_not_change()
    {
        OptimizedParameter[] parameters = [new("updated", Parameter(1, 2), 1, 0.1), new("unchanged", Parameter(3, 4), 1, 0.1)];
        using var optimizer = new AdamW(parameters);
        parameters[0].Value.grad = tensor(new[] { 1f, 1f });

        optimizer.Step(0.1, maxNorm: 1);

        Assert.NotEqual([1f, 2f], Values(parameters[0].Value));
        Assert.Equal([3f, 4f], Values(parameters[1].Value));
        Assert.Equal([0f, 0f], Values(parameters[0].Value.grad!));
    }

    [Fact]
    public void The_first_step_of_a_parameter_is_the_same_however_late_its_first_gradient_comes()
    {
        OptimizedParameter[] early = [new("a", Parameter(1, 2), 1, 0.1)], late = [new("a", Parameter(1, 2), 1, 0.1), new("other", Parameter(5), 1, 0)];
        using AdamW first = new(early), second = new(late);
        for (var step = 1; step <= 3; step++)
        {
            late[1].Value.grad = tensor(new[] { 1f });
            second.Step(0.05, maxNorm: 1e9);
        }

        TakeSteps(first, early, 1, 1);
        TakeSteps(second, late[..1], 1, 1);

        Assert.Equal(Values(early[0].Value), Values(late[0].Value));
    }

    [Fact]
    public void The_norm_is_zero_without_gradients()
    {
        using var optimizer = new AdamW([new("a", Parameter(1), 1, 0.1)]);

        Assert.Equal(0, optimizer.Step(0.1, maxNorm: 1));
    }

    [Fact]
    public void A_restored_optimizer_continues_bit_for_bit()
    {
        OptimizedParameter[] original = Parameters(), copy = Parameters();
        using AdamW first = new(original), second = new(copy);
        TakeSteps(first, original, 1, 5);

        foreach (var ((name, value), (otherName, other)) in first.State.Zip(second.State))
        {
            Assert.Equal(name, otherName);
            other.copy_(value);
        }
        foreach (var (from, to) in original.Zip(copy))
            to.Value.detach().copy_(from.Value);
        TakeSteps(first, original, 6, 9);
        TakeSteps(second, copy, 6, 9);

        Assert.Equal(["means/full", "squares/full", "steps/full", "means/half", "squares/half", "steps/half"], second.State.Select(state => state.Name).Take(6));
        foreach (var (one, other) in original.Zip(copy))
            Assert.Equal(Values(one.Value), Values(other.Value));
    }

    private static OptimizedParameter[] Parameters() =>
    [
        new("full", Parameter(1, -2, 3, 0.5f), 1, 0.1),
        new("half", Parameter(-1, 0.25f), 0.5, 0.1),
        new("undecayed", Parameter(0.75f), 1, 0),
    ];

    private static Tensor Parameter(params float[] values) => tensor(values, requires_grad: true);

    private static void TakeSteps(AdamW optimizer, OptimizedParameter[] parameters, int from, int to)
    {
        for (var step = from; step <= to; step++)
        {
            SetGradients(parameters, step);
            optimizer.Step(0.05, maxNorm: 0.7);
        }
    }

    private static void SetGradients(OptimizedParameter[] parameters, int step)
    {
        foreach (var parameter in parameters)
            parameter.Value.grad = tensor(Gradient(parameter, step));
    }

    private static float[] Gradient(OptimizedParameter parameter, int step) =>
        [.. Enumerable.Range(0, (int)parameter.Value.numel()).Select(i => MathF.Sin(step * (i + 1) + parameter.Name.Length))];

    private static float[] Values(Tensor tensor) => tensor.detach().data<float>().ToArray();

    /// <summary>Reference implementation: algorithm 2 of the paper, in double precision.</summary>
    private sealed class Reference(OptimizedParameter parameter)
    {
        private readonly double[] means = new double[parameter.Value.numel()];
        private readonly double[] squares = new double[parameter.Value.numel()];

        public double[] Values { get; } = [.. AdamWTests.Values(parameter.Value).Select(value => (double)value)];

        public void Step(int step, double learningRate)
        {
            var gradient = Gradient(parameter, step);
            var rate = learningRate * parameter.LearningRateFactor;
            for (var i = 0; i < Values.Length; i++)
            {
                means[i] = 0.9 * means[i] + 0.1 * gradient[i];
                squares[i] = 0.999 * squares[i] + 0.001 * gradient[i] * gradient[i];
                var mean = means[i] / (1 - Math.Pow(0.9, step));
                var square = squares[i] / (1 - Math.Pow(0.999, step));
                Values[i] -= rate * (mean / (Math.Sqrt(square) + 1e-8) + parameter.WeightDecay * Values[i]);
            }
        }
    }
}
