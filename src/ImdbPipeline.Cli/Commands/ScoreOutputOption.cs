using System.CommandLine;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>--output</c> of a command that writes scores.</summary>
internal sealed class ScoreOutputOption : Option<string?>
{
    public ScoreOutputOption() : base("--output") => (Description, HelpName) = (
        "The file to write: score records (.jsonl), or a table with the original columns and the scores (.csv, .tsv). Default: score records to stdout.", "file");
}
