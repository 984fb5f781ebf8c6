using System.CommandLine;
using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Sessions;

/// <summary>The options that every command accepts.</summary>
public sealed class GlobalOptions
{
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print only one JSON document to stdout.",
        Recursive = true,
    };

    public Option<string?> Storage { get; } = new("--storage")
    {
        Description = "Storage account connection string. Default: AzureWebJobsStorage (or AzureWebJobsStorage__blobServiceUri and …__queueServiceUri), else UseDevelopmentStorage=true.",
        HelpName = "connection string",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show log messages and stack traces.",
        Recursive = true,
    };

    public IReadOnlyList<Option> All => [Json, Storage, Verbose];

    public Session Open(ParseResult parsed, Terminal terminal)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        return new Session(terminal, parsed.GetValue(Json), parsed.GetValue(Verbose), parsed.GetValue(Storage));
    }
}
