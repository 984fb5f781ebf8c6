using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>libtorch operators over tensor lists that TorchSharp has no binding for, called through TorchScript.</summary>
/// <remarks>
/// Numbers are passed as <see cref="Scalar"/>s in local variables: for a plain double, TorchSharp creates a temporary Scalar that
/// can be garbage-collected before the script reads it.
/// </remarks>
internal static class TensorListOperators
{
    private const string Script = """
        def norm(tensors: List[Tensor]):
            return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(tensors)))

        def multiply(tensors: List[Tensor], factor: float):
            torch._foreach_mul_(tensors, factor)

        def zero(tensors: List[Tensor]):
            torch._foreach_zero_(tensors)

        def interpolate(tensors: List[Tensor], others: List[Tensor], share: float):
            torch._foreach_lerp_(tensors, others, share)

        def adamw(values: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor],
                  rate: float, beta1: float, beta2: float, decay: float, epsilon: float):
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(values, gradients, means, squares, [], steps, lr=rate, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    /// <returns>The global Euclidean norm; a scalar on the tensors' device.</returns>
    public static Tensor Norm(Tensor[] tensors) => compiled.invoke<Tensor>("norm", (object)tensors);

    /// <summary>Multiplies every tensor in place.</summary>
    public static void Multiply(Tensor[] tensors, double factor)
    {
        using Scalar factorScalar = factor;
        compiled.invoke("multiply", tensors, factorScalar);
    }

    public static void Zero(Tensor[] tensors) => compiled.invoke("zero", (object)tensors);

    /// <summary>Moves every tensor in place towards the other at its position.</summary>
    /// <param name="share">0: unchanged; 1: equal to the other.</param>
    public static void Interpolate(Tensor[] tensors, Tensor[] others, double share)
    {
        using Scalar shareScalar = share;
        compiled.invoke("interpolate", tensors, others, shareScalar);
    }

    /// <summary>One fused AdamW step over tensors with the same learning rate and weight decay.</summary>
    /// <param name="steps">Number of steps taken so far, one float32 scalar per tensor; incremented in place.</param>
    public static void AdamW(
        Tensor[] values, Tensor[] gradients, Tensor[] means, Tensor[] squares,
        Tensor[] steps, double rate, double beta1, double beta2, double decay, double epsilon)
    {
        using Scalar rateScalar = rate, beta1Scalar = beta1, beta2Scalar = beta2, decayScalar = decay, epsilonScalar = epsilon;
        compiled.invoke("adamw", values, gradients, means, squares, steps, rateScalar, beta1Scalar, beta2Scalar, decayScalar, epsilonScalar);
    }
}
