using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ImdbPipeline.Cli.Commands;

namespace ImdbPipeline.Cli;

/// <summary>The library's help, followed by commands to copy and by the exit codes.</summary>
public sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0    done
          1    failed unexpectedly; --verbose shows where
          2    a command, an option or an argument is wrong
          3    an input was read and refused
          4    not found: no such file, no data set, no champion
          5    the storage account does not answer
          130  cancelled
        """;

    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ImdbCommand { Examples.Count: > 0 } command)
        {
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }
        output.WriteLine(ExitCodes.ReplaceLineEndings());
        return code;
    }

    /// <summary>The words that lead to a command: <c>imdb models promote</c>.</summary>
    public static string PathOf(CommandResult command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "imdb";
    }
}
