using BenchmarkDotNet.Attributes;
using ImdbPipeline.Learning.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Gradient clipping and one AdamW step over the parameters of two DistilBERT layers.</summary>
public class OptimizerKernels
{
    private const double LearningRate = 5e-5, MaxGradNorm = 1;
    private const int Layers = 2;

    private static readonly long[][] shapes = [[768, 768], [768, 768], [768, 768], [768, 768], [3072, 768], [768, 3072], [768], [768], [768], [768], [3072], [768]];

    private Parameter[] parameters = [];
    private Tensor[] gradients = [];
    private optim.Optimizer library = null!;
    private Learning.Training.AdamW[] thisProject = [];

    [GlobalSetup]
    public void Prepare()
    {
        parameters = [.. Enumerable.Range(0, Layers).SelectMany(_ => shapes).Select(shape => new Parameter(randn(shape)))];
        gradients = Array.ConvertAll(parameters, parameter => randn_like(parameter));
        library = optim.AdamW(parameters, LearningRate);
        thisProject = [new Learning.Training.AdamW([.. parameters.Select((parameter, i) => new OptimizedParameter($"{i}", parameter, 1, 0.01))])];
    }

    [GlobalCleanup]
    public void Release()
    {
        library.Dispose();
        thisProject[0].Dispose();
        foreach (var tensor in parameters.Concat(gradients))
            tensor.Dispose();
    }

    // Both benchmarks consume the gradients, so each iteration needs new ones.
    [IterationSetup]
    public void Accumulate()
    {
        using var noGrad = no_grad();
        foreach (var (parameter, gradient) in parameters.Zip(gradients))
            parameter.grad = gradient.clone();
    }

    [Benchmark(Baseline = true)]
    public void Library()
    {
        nn.utils.clip_grad_norm_(parameters, MaxGradNorm);
        library.step();
        library.zero_grad();
    }

    [Benchmark]
    public void ThisProject() => thisProject[0].Step(LearningRate, MaxGradNorm);
}
