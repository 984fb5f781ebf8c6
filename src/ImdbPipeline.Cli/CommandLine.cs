using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using ImdbPipeline.Cli.Commands;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli;

/// <summary>The program <c>imdb</c>: parses the arguments, runs the command and returns its exit code.</summary>
public static class CommandLine
{
    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var globals = new GlobalOptions();
        var parsed = Tree(terminal, globals).Parse(args);
        // --help takes precedence over errors such as missing arguments.
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            var missing = MissingArguments(parsed.CommandResult);
            var errors = missing.Count == 0
                ? string.Join(" ", parsed.Errors.Select(error => error.Message))
                : $"expected {string.Join(" and ", missing.Select(argument => $"<{argument.Name}>"))}, found nothing. {string.Join(" ", missing.Select(argument => $"<{argument.Name}>: {argument.Description}"))}";
            return Failures.Report(
                terminal, parsed.GetValue(globals.Json),
                new CommandFailedException(ExitCode.WrongUsage, $"{errors} See '{HelpWithExamples.PathOf(parsed.CommandResult)} --help'."));
        }
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return (ExitCode)await parsed.InvokeAsync(configuration, cancellationToken);
    }

    private static List<Argument> MissingArguments(CommandResult command) =>
        [.. command.Command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0 && !argument.HasDefaultValue && (command.GetResult(argument)?.Tokens.Count ?? 0) == 0)];

    /// <summary>The command tree, in the order shown by the help.</summary>
    public static RootCommand Tree(Terminal terminal, GlobalOptions globals)
    {
        ArgumentNullException.ThrowIfNull(globals);
        var root = new RootCommand("Fine-tunes a text classifier on uploaded labelled texts and scores incoming texts.");
        foreach (var option in globals.All)
            root.Add(option);
        var helpOption = root.Options.OfType<HelpOption>().Single();
        var help = new HelpWithExamples((HelpAction)helpOption.Action!);
        helpOption.Action = help;

        Command[] commands =
        [
            new DemoCommand(terminal, globals), new UpCommand(terminal, globals), new InspectCommand(terminal, globals),
            new UploadCommand(terminal, globals), new RetrainCommand(terminal, globals), new TrainCommand(terminal, globals),
            new ScoreCommand(terminal, globals), new EvaluateCommand(terminal, globals), new DownloadCommand(terminal, globals),
            new StatusCommand(terminal, globals), new DataCommand(terminal, globals), new RunsCommand(terminal, globals), new ModelsCommand(terminal, globals),
            new ReplayCommand(terminal, globals), new TokenizeCommand(terminal, globals),
        ];
        foreach (var command in commands)
            root.Add(command);
        // Without a command, show the help but fail, so that scripts notice.
        root.SetAction(parsed =>
        {
            help.Invoke(parsed);
            return (int)ExitCode.WrongUsage;
        });
        return root;
    }
}
