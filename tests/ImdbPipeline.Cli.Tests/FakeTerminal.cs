using System.Text;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Cli.Tests;

/// <summary>A fake terminal that records its output; redirected unless interactive.</summary>
public sealed class FakeTerminal
{
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    public FakeTerminal(string input = "", bool interactive = false, TimeProvider? timeProvider = null, params IReadOnlyList<(string Name, string Value)> settings) =>
        Terminal = new Terminal(
            new StringReader(input), Writer(output), Writer(error), interactive, interactive,
            TestSettings.Of(settings), timeProvider ?? TimeProvider.System);

    public Terminal Terminal { get; }

    public string Output => output.ToString();

    public string Error => error.ToString();

    /// <summary>The output without trailing spaces, which tables pad their lines with.</summary>
    public string Page => string.Join('\n', Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd();

    public Task<ExitCode> RunAsync(params IReadOnlyList<string> args) =>
        CommandLine.RunAsync(args, Terminal, TestContext.Current.CancellationToken);

    private static StringWriter Writer(StringBuilder target) => new(target) { NewLine = "\n" };
}
