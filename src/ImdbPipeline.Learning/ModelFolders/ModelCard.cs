using System.Globalization;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tokenizing;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Ngrams;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>The model's README.md: description, origin, metrics and usage.</summary>
public static class ModelCard
{
    public static string Of(TrainerState state, EncoderConfig config, TokenizerJson tokenizer, NgramBlend? blend)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var labels = config.Labels;
        var card = new StringBuilder();
        card.Append($"""
            ---
            pipeline_tag: text-classification
            library_name: transformers
            ---
            # Text classifier

            Predicts one of {labels.Count} labels ({string.Join(", ", labels.Select(PrintableText.Markdown))}) for a text.

            | | |
            | --- | --- |
            | Base model | `{state.BaseModel}` |
            | Dataset | `{state.Dataset}` |
            | Run | {(state.Run is null ? "none" : $"`{state.Run}`")} |
            | Training steps | {state.GlobalStep} of {state.MaxSteps} planned |
            | Maximum length | {state.Treatment.MaxLength} tokens in scoring, {state.Recipe.MaxLength} in training; truncation of longer texts: {JsonNamingPolicy.CamelCase.ConvertName($"{state.Treatment.Truncation}")} |
            | Blend | {Blend(blend)} |

            """);
        Notes(card, state.Notes);
        card.Append("""

            ## Metrics

            Metrics whose name starts with `baseline` are those of a linear n-gram model trained on the same texts.

            | metric | value |
            | --- | --- |

            """);
        foreach (var (name, value) in state.Metrics)
            card.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value:0.####} |");
        foreach (var (split, rows) in state.Confusion)
            Confusion(card, split, rows, labels);
        Recipe(card, state);
        card.Append("""

            ## Use

            ```python
            from transformers import pipeline
            pipeline("text-classification", model="path/to/this/folder", truncation=True)("A film to remember.")
            ```

            """);
        Differences(card, state.Treatment, config, tokenizer, blend);
        return card.ToString();
    }

    private static string Blend(NgramBlend? blend) => blend is null
        ? "none: scores are the softmax of the encoder's logits"
        : string.Create(CultureInfo.InvariantCulture, $"scores are the softmax of {blend.EncoderWeight:0.###} times the encoder's logits plus {blend.NgramWeight:0.###} times those of the n-gram model in `{NgramFile.File}`; Transformers gives the scores of the encoder alone");

    /// <summary>What the files cannot tell other programs.</summary>
    private static void Differences(StringBuilder card, TextPreprocessing treatment, EncoderConfig config, TokenizerJson tokenizer, NgramBlend? blend)
    {
        List<string> differences = [];
        if (config.Fractions is { } fractions)
            differences.Add($"It reads only the first {fractions.Length} tokens of a text; `imdb` reads longer texts in fractions.");
        else if (treatment.Truncation == Truncation.HeadTail)
            differences.Add($"Of texts longer than {treatment.MaxLength} tokens it reads only the beginning; `imdb` reads the beginning and the end.");
        if (treatment.StripMarkup && tokenizer.AddedTokens.Any(token => TextCleaner.Clean(token.Content) != token.Content))
            differences.Add("It looks for added tokens with white space or markup before it removes markup; `imdb` does not find them.");
        if (blend is not null)
            differences.Add("It gives the scores of the encoder alone; `imdb` adds those of the n-gram model.");
        card.AppendLine().AppendLine(differences.Count == 0 ? "Transformers gives the same scores as `imdb score`." : "Transformers gives other scores than `imdb score`:").AppendLine();
        foreach (var difference in differences)
            card.AppendLine(CultureInfo.InvariantCulture, $"- {difference}");
    }

    private static void Confusion(StringBuilder card, string split, IReadOnlyList<IReadOnlyList<int>> rows, IReadOnlyList<string> labels)
    {
        card.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Confusion matrix on {split} (rows: true label, columns: predicted label):").AppendLine();
        card.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", labels.Select(PrintableText.Markdown))} |");
        card.AppendLine(CultureInfo.InvariantCulture, $"| --- {string.Concat(labels.Select(_ => "| --- "))}|");
        foreach (var (label, row) in labels.Zip(rows))
            card.AppendLine(CultureInfo.InvariantCulture, $"| **{PrintableText.Markdown(label)}** | {string.Join(" | ", row)} |");
    }

    private static void Notes(StringBuilder card, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
            return;
        card.AppendLine().AppendLine("## Notes").AppendLine();
        foreach (var note in notes)
            card.AppendLine(CultureInfo.InvariantCulture, $"- {PrintableText.Markdown(note)}");
    }

    private static void Recipe(StringBuilder card, TrainerState state)
    {
        var recipe = state.Recipe;
        card.AppendLine().AppendLine("## Recipe").AppendLine();
        card.AppendLine(CultureInfo.InvariantCulture, $"- {recipe.Epochs} {(recipe.Epochs == 1 ? "epoch" : "epochs")}, batch {recipe.BatchSize} × {recipe.GradientAccumulation}, seed {recipe.Seed}");
        card.AppendLine(CultureInfo.InvariantCulture, $"- AdamW, peak learning rate {recipe.LearningRate}, {recipe.WarmupSteps} warm-up {(recipe.WarmupSteps == 1 ? "step" : "steps")}, weight decay {recipe.WeightDecay}, layer-wise decay {recipe.LayerwiseLrDecay}");
    }
}
