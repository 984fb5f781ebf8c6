using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Tests;

/// <summary>A terminal that keeps what is written to it; redirected, unless it plays a person's.</summary>
public sealed class PlayedTerminal
{
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };

    public PlayedTerminal(string input = "", bool interactive = false, TimeProvider? clock = null, params IReadOnlyList<(string Name, string Value)> settings) =>
        Terminal = new Terminal(
            new StringReader(input), output, error, interactive, interactive,
            name => settings.FirstOrDefault(setting => setting.Name == name).Value, clock ?? TimeProvider.System);

    public Terminal Terminal { get; }

    public string Output => output.ToString();

    public string Error => error.ToString();

    /// <summary>The screen's lines without the spaces tables end their lines with.</summary>
    public string Page => string.Join('\n', Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd();

    public Task<ExitCode> RunAsync(params IReadOnlyList<string> args) =>
        CommandLine.RunAsync(args, Terminal, TestContext.Current.CancellationToken);
}
