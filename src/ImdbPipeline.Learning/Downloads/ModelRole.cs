using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>What a training run uses a model for.</summary>
/// <param name="Noun">For error messages.</param>
/// <param name="Rule">Broken by a name that is not a model's.</param>
/// <param name="BuiltIn">Names that are not looked up.</param>
public sealed record ModelRole(string Noun, ErrorRule Rule, IReadOnlyList<string> BuiltIn)
{
    public InputRejectedException Unknown(string name, string expected, string found, string remedy) => new(Rule, $"{Noun} {name}", expected, found, remedy);
}
