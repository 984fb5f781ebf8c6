using ImdbPipeline.Core.Runs;
using ImdbPipeline.Learning.Encoders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Training;

/// <param name="Name">Its Hugging Face name.</param>
/// <param name="Value">The tensor that is changed in place.</param>
/// <param name="LearningRateFactor">Times the schedule's learning rate.</param>
/// <param name="WeightDecay">Decoupled, times the learning rate; zero for biases and norms.</param>
public sealed record OptimizedParameter(string Name, Tensor Value, double LearningRateFactor, double WeightDecay)
{
    /// <summary>
    /// Every parameter of the encoder. Layer-wise decay (Sun et al. 2019): the head learns at the full rate, encoder layer i
    /// of L at decay^(L-i), the embeddings at decay^(L+1).
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
