using System.Text;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Learning.Tests.Encoders;

/// <summary>What config.json says is followed or refused by name.</summary>
public sealed class EncoderConfigTests
{
    [Theory]
    [InlineData("""{"id2label": {"0": "neg", "1": "pos"}}""", "neg, pos")]
    [InlineData("""{"id2label": {"1": "pos", "0": "neg"}}""", "neg, pos")]
    [InlineData("""{"id2label": {"0": 0, "1": 1}}""", "0, 1")]
    [InlineData("""{"id2label": {"0": 1.5, "1": true}}""", "1.5, true")]
    [InlineData("""{"id2label": {"10": "k", "2": "c", "0": "a", "1": "b", "3": "d", "4": "e", "5": "f", "6": "g", "7": "h", "8": "i", "9": "j"}}""", "a, b, c, d, e, f, g, h, i, j, k")]
    [InlineData("""{"id2label": ["neg", "pos"]}""", "neg, pos")]
    [InlineData("""{"label2id": {"pos": 1, "neg": 0}}""", "neg, pos")]
    [InlineData("""{"label2id": {"pos": "1", "neg": "0"}}""", "neg, pos")]
    [InlineData("""{"num_labels": 3}""", "LABEL_0, LABEL_1, LABEL_2")]
    [InlineData("{}", "LABEL_0, LABEL_1")]
    [InlineData("""{"id2label": {"0": "neg", "1": "pos"}, "label2id": {"LABEL_0": 0, "LABEL_1": 1}}""", "neg, pos")]
    [InlineData("""{"id2label": {"0": "neg", "1": "pos"}, "label2id": {"pos": 1, "neg": 0}}""", "neg, pos")]
    public void Labels_are_read_in_any_order_and_type(string fields, string labels) => Assert.Equal(labels, string.Join(", ", Parse(fields).Labels));

    [Theory]
    [InlineData("""{"id2label": {"0": "neg", "2": "pos"}}""")]
    [InlineData("""{"id2label": {"zero": "neg", "one": "pos"}}""")]
    [InlineData("""{"id2label": {"0": "neg", "1": "neg"}}""")]
    [InlineData("""{"id2label": {"0": "neg", "1": null}}""")]
    [InlineData("""{"id2label": {"0": {"name": "neg"}, "1": "pos"}}""")]
    [InlineData("""{"id2label": {}}""")]
    [InlineData("""{"id2label": "neg"}""")]
    [InlineData("""{"id2label": {"0": "neg", "1": "a\r\nerror: forged"}}""")]
    [InlineData("""{"id2label": {"0": "neg", "1": "a\u202eb"}}""")]
    public void Labels_that_cannot_be_numbered_are_refused(string fields) => AssertRefused(fields, "id2label");

    [Fact]
    public void Numbers_of_labels_that_contradict_each_other_are_refused() =>
        AssertRefused("""{"id2label": {"0": "neg", "1": "pos"}, "label2id": {"neg": 1, "pos": 0}}""", "label2id");

    [Theory]
    [InlineData("{}", 2, ProblemType.SingleLabelClassification)]
    [InlineData("""{"problem_type": null}""", 2, ProblemType.SingleLabelClassification)]
    [InlineData("""{"problem_type": "single_label_classification"}""", 3, ProblemType.SingleLabelClassification)]
    [InlineData("""{"problem_type": "multi_label_classification"}""", 3, ProblemType.MultiLabelClassification)]
    [InlineData("""{"problem_type": "multi_label_classification"}""", 1, ProblemType.MultiLabelClassification)]
    [InlineData("""{"problem_type": "regression"}""", 1, ProblemType.Regression)]
    [InlineData("{}", 1, ProblemType.Regression)]
    public void The_problem_type_is_read_or_follows_from_the_labels(string fields, int labels, ProblemType expected)
    {
        var json = JsonNode.Parse(fields)!.AsObject();
        json["num_labels"] = labels;

        Assert.Equal(expected, Parse(json.ToJsonString()).ProblemType);
    }

    [Theory]
    [InlineData("""{"problem_type": "regression", "num_labels": 2}""", "problem_type")]
    [InlineData("""{"problem_type": "single_label_classification", "num_labels": 1}""", "problem_type")]
    [InlineData("""{"problem_type": "token_classification"}""", "problem_type")]
    [InlineData("""{"hidden_act": "tanh"}""", "hidden_act")]
    [InlineData("""{"hidden_act": "mish"}""", "hidden_act")]
    [InlineData("""{"is_decoder": true}""", "is_decoder")]
    [InlineData("""{"is_decoder": "no"}""", "is_decoder")]
    [InlineData("""{"hidden_size": "32"}""", "hidden_size")]
    [InlineData("""{"hidden_act": 3}""", "hidden_act")]
    [InlineData("""{"layer_norm_eps": []}""", "layer_norm_eps")]
    [InlineData("""{"add_cross_attention": true}""", "add_cross_attention")]
    [InlineData("""{"pruned_heads": {"0": [1]}}""", "pruned_heads")]
    [InlineData("""{"quantization_config": {"quant_method": "bitsandbytes"}}""", "quantization_config")]
    [InlineData("""{"position_embedding_type": "relative_key"}""", "position_embedding_type")]
    public void A_setting_that_changes_logits_and_is_not_supported_is_refused_by_its_name(string fields, string setting) => AssertRefused(fields, setting);

    [Theory]
    [InlineData("gelu", Activation.Gelu)]
    [InlineData("gelu_new", Activation.GeluTanh)]
    [InlineData("gelu_pytorch_tanh", Activation.GeluTanh)]
    [InlineData("relu", Activation.Relu)]
    [InlineData("swish", Activation.Silu)]
    public void Activations_have_the_names_of_Transformers(string name, Activation expected) =>
        Assert.Equal(expected, Parse($$"""{"hidden_act": "{{name}}"}""").Activation);

    [Fact]
    public void DistilBERT_also_has_the_field_names_of_BERT()
    {
        var config = Parse("""{"model_type": "distilbert", "num_hidden_layers": 3}""");

        Assert.Equal((32, 4, 3), (config.Dim, config.Heads, config.Layers));
        AssertRefused("""{"model_type": "distilbert", "n_heads": 2}""", "num_attention_heads");
    }

    private static void AssertRefused(string fields, string setting)
    {
        var e = Assert.Throws<InputRejectedException>(() => Parse(fields));

        Assert.Equal("config-unsupported", e.Rule);
        Assert.Contains($"config.json, {setting}", e.Message);
    }

    private static EncoderConfig Parse(string fields)
    {
        var json = new JsonObject { ["model_type"] = "bert", ["hidden_size"] = 32, ["num_attention_heads"] = 4 };
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            json[name] = value?.DeepClone();
        return EncoderConfig.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "config.json");
    }
}
