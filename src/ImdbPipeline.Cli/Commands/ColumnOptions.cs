using System.CommandLine;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Cli.Commands;

/// <summary>Which columns of a table to read, as command-line options.</summary>
internal sealed class ColumnOptions(bool hasLabel)
{
    private const string Otherwise = "Default: recognized by its name.";

    private readonly Option<string?> text = new("--text-column") { Description = $"The text column of a table: its name, or its position from 1 if the table has no header. {Otherwise}", HelpName = "column" };
    private readonly Option<string?> label = new("--label-column") { Description = $"The label column, likewise. {Otherwise}", HelpName = "column" };
    private readonly Option<string?> id = new("--id-column") { Description = $"The id column, likewise. {Otherwise}", HelpName = "column" };

    public IEnumerable<Option> All => hasLabel ? [text, label, id] : [text, id];

    public ColumnChoice Read(ParseResult parsed) => new(parsed.GetValue(text), hasLabel ? parsed.GetValue(label) : null, parsed.GetValue(id));
}
