using System.Text;
using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Tests;

/// <summary>A terminal that keeps what is written to it; redirected, unless it plays a person's.</summary>
public sealed class PlayedTerminal
{
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    public PlayedTerminal(string input = "", bool interactive = false, TimeProvider? clock = null, params IReadOnlyList<(string Name, string Value)> settings) =>
        Terminal = new Terminal(
            new StringReader(input), Writer(output), Writer(error), interactive, interactive,
            name => settings.FirstOrDefault(setting => setting.Name == name).Value, clock ?? TimeProvider.System);

    public Terminal Terminal { get; }

    public string Output => output.ToString();

    public string Error => error.ToString();

    /// <summary>The screen's lines without the spaces tables end their lines with.</summary>
    public string Page => string.Join('\n', Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd();

    public Task<ExitCode> RunAsync(params IReadOnlyList<string> args) =>
        CommandLine.RunAsync(args, Terminal, TestContext.Current.CancellationToken);

    private static StringWriter Writer(StringBuilder kept) => new(kept) { NewLine = "\n" };
}
