using Google.Protobuf;
using ImdbPipeline.Learning.Encoders;
using Onnx;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>
/// The same encoder as an ONNX Runtime graph, with the fused operators that its transformer optimizer produces: a single product
/// for query, key and value; fused attention; skip connection with norm; bias with GELU.
/// </summary>
internal sealed class OnnxEncoder
{
    private const string Fused = "com.microsoft";

    private readonly GraphProto graph = new() { Name = "encoder" };
    private readonly TrainableEncoder encoder;
    private readonly bool int8;
    private int values;

    private OnnxEncoder(TrainableEncoder encoder, bool int8) => (this.encoder, this.int8) = (encoder, int8);

    /// <param name="int8">Whether dense layers use dynamically quantized int8 products.</param>
    /// <returns>A model with inputs <c>ids</c>, int64 <c>[reviews, length]</c>, and <c>positions</c>, int64 <c>[length]</c>; output <c>logits</c>.</returns>
    public static byte[] Build(TrainableEncoder encoder, bool int8)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var built = new OnnxEncoder(encoder, int8);
        built.Forward();
        var model = new ModelProto { IrVersion = 8, Graph = built.graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Fused, Version = 1 });
        return model.ToByteArray();
    }

    private void Forward()
    {
        var names = ParameterNames.Of(encoder.Config.Family);
        graph.Input.Add(Value("ids", TensorProto.Types.DataType.Int64, "reviews", "length"));
        graph.Input.Add(Value("positions", TensorProto.Types.DataType.Int64, "length"));
        graph.Output.Add(Value("logits", TensorProto.Types.DataType.Float, "reviews", "labels"));
        var embedded = Node("Add", [Node("Gather", [Weight($"{names.WordEmbeddings}.weight"), "ids"]), Node("Gather", [Weight($"{names.PositionEmbeddings}.weight"), "positions"])]);
        var hidden = Node("LayerNormalization", [embedded, Weight($"{names.EmbeddingNorm}.weight"), Weight($"{names.EmbeddingNorm}.bias")], "", Epsilon());
        for (var i = 0; i < encoder.Config.Layers; i++)
            hidden = Layer(hidden, names.Layer(i));
        var cls = Node("Gather", [hidden, Constant("zero", tensor(0L))], "", Number("axis", 1));
        var pooled = Node("Relu", [Node("Gemm", [cls, Weight($"{names.Pooler}.weight"), Weight($"{names.Pooler}.bias")], "", Number("transB", 1))]);
        Add("Gemm", [pooled, Weight($"{ParameterNames.Classifier}.weight"), Weight($"{ParameterNames.Classifier}.bias")], ["logits"], "", Number("transB", 1));
    }

    private string Layer(string hidden, LayerNames layer)
    {
        var projected = Node("Add", [Product(hidden, layer.Prefix, layer.Query, layer.Key, layer.Value), Bias(layer.Prefix, layer.Query, layer.Key, layer.Value)]);
        string[] parts = [Next(), Next(), Next()];
        Add("Split", [projected], parts, "", Number("axis", -1));
        var context = Node("MultiHeadAttention", parts, Fused, Number("num_heads", encoder.Config.Heads));
        var attended = SkipNorm(Product(context, layer.Prefix, layer.Output), hidden, layer.Prefix + layer.AttentionNorm, Bias(layer.Prefix, layer.Output));
        var expanded = Node("BiasGelu", [Product(attended, layer.Prefix, layer.Expand), Bias(layer.Prefix, layer.Expand)], Fused);
        return SkipNorm(Product(expanded, layer.Prefix, layer.Contract), attended, layer.Prefix + layer.FeedForwardNorm, Bias(layer.Prefix, layer.Contract));
    }

    private string SkipNorm(string input, string skip, string norm, string bias) =>
        Node("SkipLayerNormalization", [input, skip, Weight($"{norm}.weight"), Weight($"{norm}.bias"), bias], Fused, Epsilon());

    private string Product(string input, string prefix, params string[] parts)
    {
        var weight = cat([.. parts.Select(part => encoder.Weights[$"{prefix}{part}.weight"])], 0).t().contiguous();
        var name = $"{prefix}{string.Join('+', parts)}";
        if (!int8)
            return Node("MatMul", [input, Constant(name, weight)]);
        var scale = weight.abs().amax([0]) / 127;
        return Node("DynamicQuantizeMatMul", [input, Constant(name, (weight / scale).round().to(ScalarType.Int8)), Constant($"{name} scale", scale)], Fused);
    }

    private string Bias(string prefix, params string[] parts) =>
        Constant($"{prefix}{string.Join('+', parts)} bias", cat([.. parts.Select(part => encoder.Weights[$"{prefix}{part}.bias"])], 0));

    private string Weight(string name) => Constant(name, encoder.Weights[name]);

    private string Constant(string name, Tensor value)
    {
        var proto = new TensorProto
        {
            Name = name,
            DataType = (int)(value.dtype switch
            {
                ScalarType.Float32 => TensorProto.Types.DataType.Float,
                ScalarType.Int8 => TensorProto.Types.DataType.Int8,
                _ => TensorProto.Types.DataType.Int64,
            }),
            RawData = ByteString.CopyFrom(value.contiguous().bytes),
        };
        proto.Dims.AddRange(value.shape);
        graph.Initializer.Add(proto);
        return name;
    }

    private string Node(string type, string[] inputs, string domain = "", params AttributeProto[] attributes)
    {
        var output = Next();
        Add(type, inputs, [output], domain, attributes);
        return output;
    }

    private void Add(string type, string[] inputs, string[] outputs, string domain, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Domain = domain };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
    }

    private string Next() => $"value {values++}";

    private AttributeProto Epsilon() => new() { Name = "epsilon", Type = AttributeProto.Types.AttributeType.Float, F = (float)encoder.Config.LayerNormEpsilon };

    private static AttributeProto Number(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params string[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = dimension });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
