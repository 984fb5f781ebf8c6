using System.CommandLine;
using ImdbPipeline.Cli.Commands;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class RecipeOptionsTests
{
    [Fact]
    public void Every_field_of_a_retrain_request_has_an_option_of_the_same_name()
    {
        // Run and Traceparent are not training settings: the command sets them itself or leaves them out.
        var settings = typeof(RetrainRequest).GetProperties().Where(property => property.Name is not (nameof(RetrainRequest.Run) or nameof(RetrainRequest.Traceparent))).Select(property => "--" + Kebab(property.Name).Replace("datasets", "dataset", StringComparison.Ordinal))
            .Concat(typeof(FurtherPretraining).GetProperties().Select(property => "--mlm-" + Kebab(property.Name).Replace("mlm-", "", StringComparison.Ordinal)));

        Assert.Equal(settings.Order(StringComparer.Ordinal), new RecipeOptions(withDataset: true).All.Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_sets_its_field()
    {
        string[] args =
        [
            "--dataset", "films/0123", "--auxiliary-dataset", "books", "--auxiliary-dataset", "tweets/4567", "--base-model", "scratch-mini", "--epochs", "3", "--batch-size", "8", "--eval-batch-size", "32",
            "--learning-rate", "3e-5", "--warmup-steps", "7", "--weight-decay", "0.02", "--max-length", "256", "--truncation", "headTail", "--eval-max-length", "300",
            "--layerwise-lr-decay", "0.95", "--gradient-accumulation", "2", "--early-stopping-patience", "4", "--max-minutes", "1.5", "--max-eval-minutes", "2.5",
            "--classifier-layer", "11", "--hierarchical", "attention", "--precision", "bf16", "--save-steps", "250",
            "--seed", "11", "--blend", "ngrams", "--promote", "aboveBaseline", "--further-pretraining", "--mlm-epochs", "2", "--mlm-max-steps", "1000", "--mlm-max-minutes", "30.5",
            "--mlm-batch-size", "16", "--mlm-max-length", "256", "--mlm-learning-rate", "1e-4", "--mlm-warmup-steps", "100", "--mlm-probability", "0.2",
        ];

        var read = Read(args);

        Assert.Equal(["books", "tweets/4567"], read.AuxiliaryDatasets!);
        Assert.Equal(
            new RetrainRequest
            {
                Dataset = "films/0123",
                AuxiliaryDatasets = read.AuxiliaryDatasets,
                BaseModel = "scratch-mini",
                Epochs = 3,
                BatchSize = 8,
                EvalBatchSize = 32,
                LearningRate = 3e-5,
                WarmupSteps = 7,
                WeightDecay = 0.02,
                MaxLength = 256,
                Truncation = Truncation.HeadTail,
                ClassifierLayer = 11,
                Hierarchical = FractionPooling.Attention,
                LayerwiseLrDecay = 0.95,
                FurtherPretraining = new FurtherPretraining
                {
                    Epochs = 2,
                    MaxSteps = 1000,
                    MaxMinutes = 30.5,
                    BatchSize = 16,
                    MaxLength = 256,
                    LearningRate = 1e-4,
                    WarmupSteps = 100,
                    MlmProbability = 0.2,
                },
                GradientAccumulation = 2,
                EarlyStoppingPatience = 4,
                MaxMinutes = 1.5,
                MaxEvalMinutes = 2.5,
                EvalMaxLength = 300,
                Precision = TrainingPrecision.Bf16,
                SaveSteps = 250,
                Seed = 11,
                Blend = BlendMode.Ngrams,
                Promote = PromotionMode.AboveBaseline,
            },
            read);
    }

    [Fact]
    public void An_unset_option_leaves_the_field_out_of_the_message() => Assert.Equal(new RetrainRequest(), Read([]));

    [Theory]
    [InlineData("--further-pretraining")]
    [InlineData("--mlm-epochs", "1")]
    [InlineData("--mlm-batch-size", "32")]
    [InlineData("--mlm-max-length", "128")]
    [InlineData("--mlm-probability", "0.15")]
    public void Further_pretraining_is_enabled_by_its_flag_or_any_of_its_options(params string[] args) =>
        Assert.Equal(new RetrainRequest { FurtherPretraining = new FurtherPretraining() }, Read(args));

    [Fact]
    public void Options_without_a_default_also_enable_further_pretraining() =>
        Assert.Equal(
            new RetrainRequest { FurtherPretraining = new FurtherPretraining { MaxSteps = 9, MaxMinutes = 0.5, LearningRate = 1e-3, WarmupSteps = 0 } },
            Read(["--mlm-max-steps", "9", "--mlm-max-minutes", "0.5", "--mlm-learning-rate", "1e-3", "--mlm-warmup-steps", "0"]));

    [Fact]
    public void Without_storage_the_dataset_and_promotion_options_are_missing() =>
        Assert.Equal(
            ["--auxiliary-dataset", "--dataset", "--promote", "--task"],
            Names(withDataset: true).Except(Names(withDataset: false)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("--epochs", "0", "setting epochs: expected a value from 1 to 100, found 0")]
    [InlineData("--learning-rate", "2", "setting learningRate: expected a value from 1E-08 to 1, found 2")]
    [InlineData("--dataset", "../films", "setting dataset: expected {dataset} or {dataset}/{version}, found '../films'")]
    [InlineData("--auxiliary-dataset", "../films", "setting auxiliaryDatasets[0]: expected {dataset} or {dataset}/{version}, found '../films'")]
    [InlineData("--mlm-max-length", "7", "setting furtherPretraining.maxLength: expected a value from 8 to 8192, found 7")]
    [InlineData("--classifier-layer", "0", "setting classifierLayer: expected a value from 1 to 48, found 0")]
    public async Task A_value_out_of_range_exits_with_code_2_before_storage_is_contacted(string option, string value, string message)
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync("retrain", option, value, "--storage", "UseDevelopmentStorage=true"));
        Assert.Contains(message, terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs: expected a whole number of at most 2147483647, found 'many'.")]
    [InlineData("--epochs", "99999999999", "--epochs: expected a whole number of at most 2147483647, found '99999999999'.")]
    [InlineData("--learning-rate", "NaN", "--learning-rate: expected a number such as 0.01 or 5e-5, found 'NaN'.")]
    [InlineData("--truncation", "middle", "--truncation: expected one of head|tail|headTail, found 'middle'.")]
    [InlineData("--promote", "1", "--promote: expected one of auto|never|aboveBaseline, found '1'.")]
    [InlineData("--hierarchical", "sum", "--hierarchical: expected one of none|mean|max|attention, found 'sum'.")]
    [InlineData("--precision", "fp16", "--precision: expected one of fp32|bf16|auto, found 'fp16'.")]
    [InlineData("--mlm-probability", "often", "--mlm-probability: expected a number such as 0.01 or 5e-5, found 'often'.")]
    public async Task A_malformed_value_exits_with_code_2_and_says_what_was_expected(string option, string value, string message)
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync("retrain", option, value));
        Assert.Contains(message, terminal.Error, StringComparison.Ordinal);
    }

    private static RetrainRequest Read(string[] args)
    {
        var options = new RecipeOptions(withDataset: true);
        var command = new RootCommand();
        foreach (var option in options.All)
            command.Add(option);
        return options.Read(command.Parse(args));
    }

    private static IEnumerable<string> Names(bool withDataset) => new RecipeOptions(withDataset).All.Select(option => option.Name);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
