using System.CommandLine;
using ImdbPipeline.Cli.Commands;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class RecipeOptionsTests
{
    [Fact]
    public void Every_setting_of_a_retrain_request_has_an_option_of_its_name()
    {
        var settings = typeof(RetrainRequest).GetProperties().Select(property => "--" + Kebab(property.Name));

        Assert.Equal(settings.Order(StringComparer.Ordinal), new RecipeOptions(withDataset: true).All.Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_sets_its_setting()
    {
        string[] args =
        [
            "--dataset", "films/0123", "--base-model", "scratch-mini", "--epochs", "3", "--batch-size", "8", "--eval-batch-size", "32",
            "--learning-rate", "3e-5", "--warmup-steps", "7", "--weight-decay", "0.02", "--max-length", "256", "--truncation", "headTail",
            "--layerwise-lr-decay", "0.95", "--gradient-accumulation", "2", "--early-stopping-patience", "4", "--max-minutes", "1.5",
            "--seed", "11", "--promote", "never",
        ];

        Assert.Equal(
            new RetrainRequest
            {
                Dataset = "films/0123",
                BaseModel = "scratch-mini",
                Epochs = 3,
                BatchSize = 8,
                EvalBatchSize = 32,
                LearningRate = 3e-5,
                WarmupSteps = 7,
                WeightDecay = 0.02,
                MaxLength = 256,
                Truncation = Truncation.HeadTail,
                LayerwiseLrDecay = 0.95,
                GradientAccumulation = 2,
                EarlyStoppingPatience = 4,
                MaxMinutes = 1.5,
                Seed = 11,
                Promote = PromotionMode.Never,
            },
            Read(args));
    }

    [Fact]
    public void What_is_not_given_stays_open() => Assert.Equal(new RetrainRequest(), Read([]));

    [Theory]
    [InlineData("--epochs", "0", "setting epochs: expected a value from 1 to 100, found 0")]
    [InlineData("--learning-rate", "2", "setting learningRate: expected a value from 1E-08 to 1, found 2")]
    [InlineData("--dataset", "../films", "setting dataset: expected {dataset} or {dataset}/{version}, found '../films'")]
    public async Task An_impossible_value_is_wrong_usage_and_nothing_is_sent(string option, string value, string message)
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.WrongUsage, await played.RunAsync("retrain", option, value, "--storage", "UseDevelopmentStorage=true"));
        Assert.Contains(message, played.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs: expected a whole number of at most 2147483647, found 'many'.")]
    [InlineData("--epochs", "99999999999", "--epochs: expected a whole number of at most 2147483647, found '99999999999'.")]
    [InlineData("--learning-rate", "NaN", "--learning-rate: expected a number such as 0.01 or 5e-5, found 'NaN'.")]
    [InlineData("--truncation", "middle", "--truncation: expected one of head|tail|headTail, found 'middle'.")]
    [InlineData("--promote", "1", "--promote: expected one of auto|never, found '1'.")]
    public async Task A_mistyped_value_says_what_was_expected(string option, string value, string message)
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.WrongUsage, await played.RunAsync("retrain", option, value));
        Assert.Contains(message, played.Error, StringComparison.Ordinal);
    }

    private static RetrainRequest Read(string[] args)
    {
        var options = new RecipeOptions(withDataset: true);
        var command = new RootCommand();
        foreach (var option in options.All)
            command.Add(option);
        return options.Read(command.Parse(args));
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
