using System.CommandLine;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli.Commands;

/// <summary>A command with examples in its help; failures become a one-line error and an exit code.</summary>
internal abstract class ImdbCommand : Command
{
    private readonly Terminal terminal;
    private readonly GlobalOptions globals;

    protected ImdbCommand(Terminal terminal, GlobalOptions globals, string name, string description, params IReadOnlyList<string> examples)
        : base(name, description)
    {
        this.terminal = terminal;
        this.globals = globals;
        Examples = examples;
    }

    /// <summary>Example command lines.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets the command's handler.</summary>
    protected void SetHandler(Func<Session, ParseResult, CancellationToken, Task<ExitCode>> run) =>
        SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = globals.Open(parsed, terminal);
            try
            {
                return (int)await run(session, parsed, cancellationToken);
            }
            catch (Exception e)
            {
                return (int)Failures.Report(session, e, cancellationToken.IsCancellationRequested);
            }
        });
}
