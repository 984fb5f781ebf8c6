using System.CommandLine;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Training;

namespace ImdbPipeline.Cli.Commands;

/// <summary>The settings of a <see cref="RetrainRequest"/> as options, from one table.</summary>
public sealed class RecipeOptions
{
    private readonly List<(Option Option, Func<ParseResult, RetrainRequest, RetrainRequest> Apply)> table = [];

    /// <param name="withDataset">Whether the options that only make sense with storage are there.</param>
    public RecipeOptions(bool withDataset)
    {
        if (withDataset)
            Text("--dataset", "{dataset} for its newest version, or {dataset}/{version}. Default: the newest of all.", (r, v) => r with { Dataset = v });
        Text("--base-model", "scratch-mini, a folder, models/base/{name}, models/{version} or a Hugging Face model id. Default: scratch-mini, or the host's setting BaseModel.", (r, v) => r with { BaseModel = v });
        Whole("--epochs", "Passes over the training reviews.", (r, v) => r with { Epochs = v });
        Whole("--batch-size", "Reviews an optimizer step (times --gradient-accumulation).", (r, v) => r with { BatchSize = v });
        Whole("--eval-batch-size", "Reviews at once in evaluation.", (r, v) => r with { EvalBatchSize = v });
        Real("--learning-rate", "Peak learning rate.", (r, v) => r with { LearningRate = v });
        Whole("--warmup-steps", "Steps of linear warm-up.", (r, v) => r with { WarmupSteps = v });
        Real("--weight-decay", "Of AdamW.", (r, v) => r with { WeightDecay = v });
        Whole("--max-length", "Word pieces of a review that are read.", (r, v) => r with { MaxLength = v });
        Choice<Truncation>("--truncation", "Which part of a longer review is read.", (r, v) => r with { Truncation = v });
        Real("--layerwise-lr-decay", "Each layer's learning rate over that of the layer above.", (r, v) => r with { LayerwiseLrDecay = v });
        Whole("--gradient-accumulation", "Batches an optimizer step.", (r, v) => r with { GradientAccumulation = v });
        Whole("--early-stopping-patience", "Evaluations without a better validation accuracy before training stops.", (r, v) => r with { EarlyStoppingPatience = v });
        Real("--max-minutes", "Training time; what is there then is evaluated and published.", (r, v) => r with { MaxMinutes = v });
        Whole("--seed", "Of everything that is random.", (r, v) => r with { Seed = v });
        if (withDataset)
            Choice<PromotionMode>("--promote", "Whether the model may become champion.", (r, v) => r with { Promote = v });
    }

    public IEnumerable<Option> All => table.Select(row => row.Option);

    /// <exception cref="CommandFailedException">A value is impossible.</exception>
    public RetrainRequest Read(ParseResult parsed)
    {
        var request = table.Aggregate(new RetrainRequest(), (request, row) => row.Apply(parsed, request));
        try
        {
            RetrainMessage.Validate(request);
            return request;
        }
        catch (InputRejectedException e)
        {
            throw new CommandFailedException(ExitCode.WrongUsage, e.Message, e);
        }
    }

    private void Text(string name, string description, Func<RetrainRequest, string?, RetrainRequest> apply) =>
        Add(new Option<string>(name), description, "text", apply);

    private void Whole(string name, string description, Func<RetrainRequest, int?, RetrainRequest> apply) =>
        Add(new Option<int?>(name) { CustomParser = OptionValues.Whole }, description, "number", apply);

    private void Real(string name, string description, Func<RetrainRequest, double?, RetrainRequest> apply) =>
        Add(new Option<double?>(name) { CustomParser = OptionValues.Real }, description, "number", apply);

    private void Choice<T>(string name, string description, Func<RetrainRequest, T?, RetrainRequest> apply) where T : struct, Enum =>
        Add(new Option<T?>(name) { CustomParser = OptionValues.Choice<T> }, description, OptionValues.Names<T>(), apply);

    private void Add<T>(Option<T> option, string description, string valueName, Func<RetrainRequest, T?, RetrainRequest> apply)
    {
        option.Description = description;
        option.HelpName = valueName;
        table.Add((option, (parsed, request) => parsed.GetResult(option) is null ? request : apply(request, parsed.GetValue(option))));
    }
}
