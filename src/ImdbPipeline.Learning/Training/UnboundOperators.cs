using TorchSharp;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <summary>libtorch's operators over lists of tensors, for which TorchSharp has no binding: a script reaches them.</summary>
/// <remarks>
/// Numbers are passed as held <see cref="Scalar"/>s: of a plain double TorchSharp makes one that nobody holds, which the
/// collector may free before the script reads it.
/// </remarks>
internal static class UnboundOperators
{
    private const string Script = """
        def norm(tensors: List[Tensor]):
            return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(tensors)))

        def multiply(tensors: List[Tensor], factor: float):
            torch._foreach_mul_(tensors, factor)

        def zero(tensors: List[Tensor]):
            torch._foreach_zero_(tensors)

        def adamw(values: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor],
                  rate: float, beta1: float, beta2: float, decay: float, epsilon: float):
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(values, gradients, means, squares, [], steps, lr=rate, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)

        """;

    private static readonly jit.CompilationUnit compiled = jit.compile(Script);

    /// <returns>The Euclidean norm over all tensors, a scalar on their device.</returns>
    public static Tensor Norm(Tensor[] tensors) => compiled.invoke<Tensor>("norm", (object)tensors);

    /// <summary>Multiplies every tensor in place.</summary>
    public static void Multiply(Tensor[] tensors, double factor)
    {
        using Scalar heldFactor = factor;
        compiled.invoke("multiply", tensors, heldFactor);
    }

    public static void Zero(Tensor[] tensors) => compiled.invoke("zero", (object)tensors);

    /// <summary>One step of AdamW over tensors of one learning rate and decay, in one pass over their memory.</summary>
    /// <param name="steps">How many each tensor has behind it, float32 scalars; counted up.</param>
    public static void AdamW(
        Tensor[] values, Tensor[] gradients, Tensor[] means, Tensor[] squares,
        Tensor[] steps, double rate, double beta1, double beta2, double decay, double epsilon)
    {
        using Scalar heldRate = rate, heldBeta1 = beta1, heldBeta2 = beta2, heldDecay = decay, heldEpsilon = epsilon;
        compiled.invoke("adamw", values, gradients, means, squares, steps, heldRate, heldBeta1, heldBeta2, heldDecay, heldEpsilon);
    }
}
