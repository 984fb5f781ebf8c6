using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace ImdbPipeline.Cli.Commands;

/// <summary>The standard help, followed by examples and exit codes.</summary>
public sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0    done
          1    unexpected failure; --verbose prints the stack trace
          2    invalid command, option or argument
          3    input rejected
          4    not found: a file, dataset, model or champion does not exist
          5    storage account unreachable or access denied
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

    /// <summary>The full name of a command, such as <c>imdb models promote</c>.</summary>
    public static string PathOf(CommandResult command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "imdb";
    }
}
