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
        if (withDataset)
            Texts("--auxiliary-dataset", "Another data set, named as in --dataset, whose labelled reviews train the same encoder, with a classifier of its own that is not kept. May be repeated.", (r, v) => r with { AuxiliaryDatasets = v });
        Text("--base-model", "scratch-mini, a folder, models/base/{name}, models/{version} or a Hugging Face model id. Default: scratch-mini, or the host's setting BaseModel.", (r, v) => r with { BaseModel = v });
        Whole("--epochs", "Passes over the training reviews.", (r, v) => r with { Epochs = v });
        Whole("--batch-size", "Reviews an optimizer step (times --gradient-accumulation).", (r, v) => r with { BatchSize = v });
        Whole("--eval-batch-size", "Reviews at once in evaluation.", (r, v) => r with { EvalBatchSize = v });
        Real("--learning-rate", "Peak learning rate.", (r, v) => r with { LearningRate = v });
        Whole("--warmup-steps", "Steps of linear warm-up.", (r, v) => r with { WarmupSteps = v });
        Real("--weight-decay", "Of AdamW.", (r, v) => r with { WeightDecay = v });
        Whole("--max-length", "Word pieces of a review that are read.", (r, v) => r with { MaxLength = v });
        Choice<Truncation>("--truncation", "Which part of a longer review is read.", (r, v) => r with { Truncation = v });
        Choice<FractionPooling>("--hierarchical", "Reads longer reviews whole instead, in fractions of --max-length, and pools those so.", (r, v) => r with { Hierarchical = v });
        Whole("--classifier-layer", "The encoder layer, from 1, that the classifier reads; those above are left out of the model. Default: the last.", (r, v) => r with { ClassifierLayer = v });
        Real("--layerwise-lr-decay", "Each layer's learning rate over that of the layer above.", (r, v) => r with { LayerwiseLrDecay = v });
        Whole("--gradient-accumulation", "Batches an optimizer step.", (r, v) => r with { GradientAccumulation = v });
        Whole("--early-stopping-patience", "Evaluations without a better validation accuracy before training stops.", (r, v) => r with { EarlyStoppingPatience = v });
        Real("--max-minutes", "Training time; what is there then is evaluated and published.", (r, v) => r with { MaxMinutes = v });
        Choice<Precision>("--precision", "Of the forward and backward passes.", (r, v) => r with { Precision = v });
        Whole("--save-steps", "Optimizer steps between checkpoints that training can resume from.", (r, v) => r with { SaveSteps = v });
        Whole("--seed", "Of everything that is random.", (r, v) => r with { Seed = v });
        if (withDataset)
            Choice<PromotionMode>("--promote", "Whether the model may become champion; aboveBaseline asks besides that it is no worse than a linear model.", (r, v) => r with { Promote = v });
        AddFurtherPretraining();
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

    private void AddFurtherPretraining()
    {
        Add(new Option<bool>("--further-pretraining"), "Trains a masked language model on the training and unlabelled reviews first. Every --mlm option implies it.", null, (r, v) => v ? Mlm(r, mlm => mlm) : r);
        Whole("--mlm-epochs", "Passes over those reviews.", (r, v) => Mlm(r, mlm => mlm with { Epochs = v ?? mlm.Epochs }));
        Whole("--mlm-max-steps", "Optimizer steps at most.", (r, v) => Mlm(r, mlm => mlm with { MaxSteps = v }));
        Real("--mlm-max-minutes", "Time for it; fine-tuning goes on from what is there then.", (r, v) => Mlm(r, mlm => mlm with { MaxMinutes = v }));
        Whole("--mlm-batch-size", "Sequences an optimizer step.", (r, v) => Mlm(r, mlm => mlm with { BatchSize = v ?? mlm.BatchSize }));
        Whole("--mlm-max-length", "Word pieces a sequence.", (r, v) => Mlm(r, mlm => mlm with { MaxLength = v ?? mlm.MaxLength }));
        Real("--mlm-learning-rate", "Its peak learning rate. Default: 5e-5, more for a base of random weights.", (r, v) => Mlm(r, mlm => mlm with { LearningRate = v ?? mlm.LearningRate }));
        Whole("--mlm-warmup-steps", "Its steps of linear warm-up. Default: a tenth of all.", (r, v) => Mlm(r, mlm => mlm with { WarmupSteps = v }));
        Real("--mlm-probability", "The share of the word pieces that are to be predicted.", (r, v) => Mlm(r, mlm => mlm with { MlmProbability = v ?? mlm.MlmProbability }));
    }

    private static RetrainRequest Mlm(RetrainRequest request, Func<FurtherPretraining, FurtherPretraining> change) =>
        request with { FurtherPretraining = change(request.FurtherPretraining ?? new FurtherPretraining()) };

    private void Texts(string name, string description, Func<RetrainRequest, string[]?, RetrainRequest> apply) =>
        Add(new Option<string[]>(name) { Arity = ArgumentArity.OneOrMore }, description, "text", apply);

    private void Text(string name, string description, Func<RetrainRequest, string?, RetrainRequest> apply) =>
        Add(new Option<string>(name), description, "text", apply);

    private void Whole(string name, string description, Func<RetrainRequest, int?, RetrainRequest> apply) =>
        Add(new Option<int?>(name) { CustomParser = OptionValues.Whole }, description, "number", apply);

    private void Real(string name, string description, Func<RetrainRequest, double?, RetrainRequest> apply) =>
        Add(new Option<double?>(name) { CustomParser = OptionValues.Real }, description, "number", apply);

    private void Choice<T>(string name, string description, Func<RetrainRequest, T?, RetrainRequest> apply) where T : struct, Enum =>
        Add(new Option<T?>(name) { CustomParser = OptionValues.Choice<T> }, description, OptionValues.Names<T>(), apply);

    private void Add<T>(Option<T> option, string description, string? valueName, Func<RetrainRequest, T?, RetrainRequest> apply)
    {
        option.Description = description;
        option.HelpName = valueName;
        table.Add((option, (parsed, request) => parsed.GetResult(option) is null ? request : apply(request, parsed.GetValue(option))));
    }
}
