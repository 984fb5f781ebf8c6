using System.Text.Json;
using System.Text.Json.Nodes;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.ModelFolders;
using ImdbPipeline.Learning.Scoring;
using ImdbPipeline.Learning.Tests.Encoders;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.ModelFolders;

/// <summary>Model folders as Transformers 5 saves them, which have no vocab.txt, with the ids and logits of the original libraries.</summary>
public sealed class GoldenFamilyTests
{
    private const float Tolerance = 1e-5f;

    private static readonly JsonSerializerOptions json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record Golden(int MaxLength, GoldenText[] Inputs, float[][] Logits, float[][]? Probabilities);

    private sealed record GoldenText(string Text, int[] Ids);

    public static IEnumerable<TheoryDataRow<string>> Supported() => Folders(isSupported: true);

    public static IEnumerable<TheoryDataRow<string>> Unsupported() => Folders(isSupported: false);

    [Theory]
    [MemberData(nameof(Supported))]
    public void A_folder_of_Transformers_gives_the_same_ids_logits_and_scores(string folder)
    {
        var golden = JsonSerializer.Deserialize<Golden>(File.ReadAllBytes(Path.Combine(folder, "expected.json")), json)!;
        var tokenizer = ModelFiles.Read(folder).Tokenizer.Tokenizer;
        using var scorer = TorchTextScorer.Load(folder, "golden");

        var predictions = scorer.Score([.. golden.Inputs.Select(input => input.Text)], null, CancellationToken.None);

        Assert.All(golden.Inputs, input => Assert.Equal(input.Ids, tokenizer.Encode(input.Text, golden.MaxLength, Truncation.Head)));
        var largest = GoldenLogitsTests.AssertClose(golden.Logits, [.. predictions.Select(prediction => prediction.Logits.ToArray())], Tolerance);
        GoldenLogitsTests.AssertClose(golden.Probabilities ?? golden.Logits, [.. predictions.Select(prediction => prediction.Scores.ToArray())], Tolerance);
        ReportedFigures.Report($"{Path.GetFileName(folder)}: {golden.Inputs.Length} texts, largest difference of logits {largest:0.0e0}");
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void A_folder_of_a_family_that_is_not_supported_is_refused_by_name(string folder)
    {
        var e = Assert.Throws<InputRejectedException>(() => TorchTextScorer.Load(folder, "golden"));

        Assert.Contains(e.Rule, (string[])["config-unsupported", "tokenizer-unsupported"]);
    }

    private static IEnumerable<TheoryDataRow<string>> Folders(bool isSupported)
    {
        var root = SharedFiles.FindFamilies("");
        if (root is null)
            return [new TheoryDataRow<string>("golden-families") { Skip = SharedFiles.FamiliesMissing("") }];
        return Directory.GetDirectories(root)
            .Where(folder => File.Exists(Path.Combine(folder, "model.safetensors")) && IsSupported(folder) == isSupported)
            .Order(StringComparer.Ordinal).Select(folder => new TheoryDataRow<string>(folder));
    }

    private static bool IsSupported(string folder) =>
        (string?)Read(folder, "config.json")["model_type"] is "bert" or "distilbert" && (string?)Read(folder, "tokenizer.json")["model"]!["type"] == "WordPiece";

    private static JsonNode Read(string folder, string file) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, file)))!;
}
