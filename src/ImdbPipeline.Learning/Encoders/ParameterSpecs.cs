using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>All parameters of an encoder, in forward-pass order.</summary>
public static class ParameterSpecs
{
    /// <summary>The linear classifier of a task.</summary>
    public static IReadOnlyList<ParameterSpec> Classifier(EncoderConfig config, string name, int labels)
    {
        ArgumentNullException.ThrowIfNull(config);
        return
        [
            new($"{name}.weight", [labels, config.Dim], config.Layers + 1, ParameterKind.Weight),
            new($"{name}.bias", [labels], config.Layers + 1, ParameterKind.Bias),
        ];
    }

    public static IReadOnlyList<ParameterSpec> Of(EncoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var names = ParameterNames.Of(config.Family);
        var specs = new List<ParameterSpec>();
        int dim = config.Dim, hidden = config.HiddenDim, head = config.Layers + 1;

        Embedding(names.WordEmbeddings, config.VocabSize);
        Embedding(names.PositionEmbeddings, config.MaxPositions);
        if (names.TokenTypeEmbeddings is { } tokenTypes)
            Embedding(tokenTypes, config.TokenTypes);
        Norm(names.EmbeddingNorm, 0);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = names.Layer(i);
            foreach (var name in (string[])[layer.Query, layer.Key, layer.Value, layer.Output])
                Dense(layer.Prefix + name, dim, dim, i + 1);
            Norm(layer.Prefix + layer.AttentionNorm, i + 1);
            Dense(layer.Prefix + layer.Expand, hidden, dim, i + 1);
            Dense(layer.Prefix + layer.Contract, dim, hidden, i + 1);
            Norm(layer.Prefix + layer.FeedForwardNorm, i + 1);
        }

        if (config.Fractions?.Pooling == FractionPooling.Attention)
            specs.Add(new(FractionPool.Query, [1, dim], head, ParameterKind.Weight));
        Dense(names.Pooler, dim, dim, head);
        specs.AddRange(Classifier(config, ParameterNames.Classifier, config.Labels.Count));
        return specs;

        void Embedding(string name, int rows) => specs.Add(new($"{name}.weight", [rows, dim], 0, ParameterKind.Weight));

        void Dense(string name, int outputs, int inputs, int depth)
        {
            specs.Add(new($"{name}.weight", [outputs, inputs], depth, ParameterKind.Weight));
            specs.Add(new($"{name}.bias", [outputs], depth, ParameterKind.Bias));
        }

        void Norm(string name, int depth)
        {
            specs.Add(new($"{name}.weight", [dim], depth, ParameterKind.NormScale));
            specs.Add(new($"{name}.bias", [dim], depth, ParameterKind.NormShift));
        }
    }
}
