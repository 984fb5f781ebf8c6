using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <param name="Name">Hugging Face parameter name.</param>
/// <param name="Value">The tensor, updated in place.</param>
/// <param name="LearningRateFactor">Factor on the scheduled learning rate.</param>
/// <param name="WeightDecay">Decoupled weight decay, multiplied by the learning rate; zero for biases and norms.</param>
public sealed record OptimizedParameter(string Name, Tensor Value, double LearningRateFactor, double WeightDecay)
{
    /// <summary>
    /// All parameters that are not frozen. Layer-wise decay (Sun et al. 2019): the learning rate factor is 1 for the head,
    /// decay^(L-i) for encoder layer i of L, and decay^(L+1) for the embeddings.
    /// </summary>
    public static IReadOnlyList<OptimizedParameter> Of(EncoderWeights weights, Recipe recipe, IReadOnlySet<string>? frozen = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(recipe);
        var top = weights.Config.Layers + 1;
        return
        [
            .. from spec in weights.Specs
               where frozen?.Contains(spec.Name) != true
               select new OptimizedParameter(
                   spec.Name,
                   weights[spec.Name],
                   Math.Pow(recipe.LayerwiseLrDecay, top - spec.Depth),
                   spec.Kind == ParameterKind.Weight ? recipe.WeightDecay : 0),
        ];
    }
}
