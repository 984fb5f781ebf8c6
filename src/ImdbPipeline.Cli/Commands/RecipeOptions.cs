using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Tokenizing;

namespace ImdbPipeline.Cli.Commands;

/// <summary>The settings of a <see cref="RetrainRequest"/> as command-line options.</summary>
public sealed class RecipeOptions
{
    private readonly List<(Option Option, Func<ParseResult, RetrainRequest, RetrainRequest> Apply)> table = [];

    /// <param name="withDataset">Whether to include the options that need storage.</param>
    public RecipeOptions(bool withDataset)
    {
        if (withDataset)
            Text("--task", "The task whose champion the model may become. Default: that of --dataset, otherwise 'default'.", (r, v) => r with { Task = v });
        if (withDataset)
            Text("--dataset", "{dataset} (newest version) or {dataset}/{version}. Default: the task's newest dataset version in storage.", (r, v) => r with { Dataset = v });
        if (withDataset)
            Texts("--auxiliary-dataset", "Another dataset, named as for --dataset. Its labelled texts train the same encoder through a separate classifier, which is discarded. May be repeated.", (r, v) => r with { AuxiliaryDatasets = v });
        Text("--base-model", withDataset
            ? "minilm, scratch-mini, a folder, models/base/{name}, models/{version} or a Hugging Face model ID. Default: the host's BaseModel setting, otherwise minilm (scratch-mini if the build has no minilm)."
            : "minilm, scratch-mini, a folder or a Hugging Face model ID. Default: minilm, or scratch-mini if the build has no minilm.", (r, v) => r with { BaseModel = v });
        Whole("--epochs", "Passes over the training texts.", (r, v) => r with { Epochs = v });
        Whole("--batch-size", "Texts per batch.", (r, v) => r with { BatchSize = v });
        Whole("--eval-batch-size", "Texts per batch in evaluation.", (r, v) => r with { EvalBatchSize = v });
        Real("--learning-rate", "Peak learning rate.", (r, v) => r with { LearningRate = v });
        Whole("--warmup-steps", "Steps of linear learning rate warm-up.", (r, v) => r with { WarmupSteps = v });
        Real("--warmup-ratio", "Warm-up as a share of all steps, from 0 to 1; ignored if --warmup-steps is given.", (r, v) => r with { WarmupRatio = v });
        Real("--weight-decay", "AdamW weight decay.", (r, v) => r with { WeightDecay = v });
        Whole("--max-length", "Maximum length of a text in tokens.", (r, v) => r with { MaxLength = v });
        Whole("--eval-max-length", "Maximum length of a text in evaluation and scoring. Default: --max-length, or all that the encoder can read if that is more accurate on validation texts.", (r, v) => r with { EvalMaxLength = v });
        Choice<Truncation>("--truncation", "Which part of a longer text is kept.", (r, v) => r with { Truncation = v });
        Whole("--short-epochs", "Number of epochs, at the beginning, that read only half of --max-length, which takes about half the time.", (r, v) => r with { ShortEpochs = v });
        Choice<FractionPooling>("--hierarchical", "Instead of truncating longer texts, read them in fractions of --max-length tokens and pool the fractions this way.", (r, v) => r with { Hierarchical = v });
        Whole("--classifier-layer", "Encoder layer, counted from 1, whose output the classifier reads; the layers above it are removed. Default: the last.", (r, v) => r with { ClassifierLayer = v });
        Real("--layerwise-lr-decay", "Each layer's learning rate, as a factor of that of the layer above.", (r, v) => r with { LayerwiseLrDecay = v });
        Whole("--gradient-accumulation", "Batches per optimizer step.", (r, v) => r with { GradientAccumulation = v });
        Whole("--early-stopping-patience", "Stop after this many evaluations without better validation accuracy.", (r, v) => r with { EarlyStoppingPatience = v });
        Switch("--keep-best", "Whether a run of several epochs keeps the weights of the epoch with the best validation accuracy. Default: true.", (r, v) => r with { KeepBest = v });
        Choice<ClassWeighting>("--class-weights", "How much each text counts: none, all the same; balanced, all labels the same, so that rare ones are learned too.", (r, v) => r with { ClassWeights = v });
        Real("--max-minutes", "Maximum training time in minutes; the model is then evaluated as it is.", (r, v) => r with { MaxMinutes = v });
        Real("--max-eval-minutes", "Maximum time in minutes for evaluating one split; beyond it, a random part of the split is evaluated.", (r, v) => r with { MaxEvalMinutes = v });
        Choice<TrainingPrecision>("--precision", "Precision of the forward and backward passes.", (r, v) => r with { Precision = v });
        Whole("--save-steps", "Optimizer steps between checkpoints.", (r, v) => r with { SaveSteps = v });
        Whole("--seed", "Random seed.", (r, v) => r with { Seed = v });
        Text("--teacher", $"Model from whose label probabilities for the training and unlabelled texts the new model also learns: none, ngrams (n-gram models of the same texts), or a trained model: a folder{(withDataset ? ", models/{version}, models/base/{name}" : "")} or a Hugging Face ID. Default: none; ngrams for scratch-mini.", (r, v) => r with { Teacher = v });
        Choice<AveragingMode>("--averaging", "Which weights the model gets: none, those of the last step; swa, the mean over the last 40 % of the planned steps; ema, an exponential moving average over them.", (r, v) => r with { Averaging = v });
        Choice<BlendMode>("--blend", "Whether the n-gram model that is trained along with the encoder becomes part of the model; auto: if it helps on validation texts.", (r, v) => r with { Blend = v });
        if (withDataset)
            Choice<PromotionMode>("--promote", "Whether the model may become champion; aboveBaseline also requires at least the accuracy of the linear baseline.", (r, v) => r with { Promote = v });
        AddFurtherPretraining();
    }

    public IEnumerable<Option> All => table.Select(row => row.Option);

    /// <exception cref="CommandFailedException">A value is out of range.</exception>
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
        Add(new Option<bool>("--further-pretraining"), "First train a masked language model on the training and unlabelled texts. Implied by every --mlm option.", null, (r, v) => v ? Mlm(r, mlm => mlm) : r);
        Whole("--mlm-epochs", "Epochs of pre-training.", (r, v) => Mlm(r, mlm => mlm with { Epochs = v ?? mlm.Epochs }));
        Whole("--mlm-max-steps", "Maximum optimizer steps of pre-training.", (r, v) => Mlm(r, mlm => mlm with { MaxSteps = v }));
        Real("--mlm-max-minutes", "Maximum time of pre-training in minutes; fine-tuning then starts from the weights reached.", (r, v) => Mlm(r, mlm => mlm with { MaxMinutes = v }));
        Whole("--mlm-batch-size", "Sequences per batch in pre-training.", (r, v) => Mlm(r, mlm => mlm with { BatchSize = v ?? mlm.BatchSize }));
        Whole("--mlm-max-length", "Tokens per sequence in pre-training.", (r, v) => Mlm(r, mlm => mlm with { MaxLength = v ?? mlm.MaxLength }));
        Real("--mlm-learning-rate", "Peak learning rate of pre-training. Default: 5e-5, higher for randomly initialized base models.", (r, v) => Mlm(r, mlm => mlm with { LearningRate = v ?? mlm.LearningRate }));
        Whole("--mlm-warmup-steps", "Warm-up steps of pre-training. Default: a tenth of all steps.", (r, v) => Mlm(r, mlm => mlm with { WarmupSteps = v }));
        Real("--mlm-probability", "Share of the tokens that are masked and predicted.", (r, v) => Mlm(r, mlm => mlm with { MlmProbability = v ?? mlm.MlmProbability }));
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

    private void Switch(string name, string description, Func<RetrainRequest, bool?, RetrainRequest> apply) =>
        Add(new Option<bool?>(name), description, "true|false", apply);

    private void Choice<T>(string name, string description, Func<RetrainRequest, T?, RetrainRequest> apply) where T : struct, Enum =>
        Add(new Option<T?>(name) { CustomParser = OptionValues.Choice<T> }, description, OptionValues.Names<T>(), apply);

    private void Add<T>(Option<T> option, string description, string? valueName, Func<RetrainRequest, T?, RetrainRequest> apply)
    {
        option.Description = description;
        option.HelpName = valueName;
        table.Add((option, (parsed, request) => parsed.GetResult(option) is null ? request : apply(request, parsed.GetValue(option))));
    }
}
