using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>What surrounds the process: its streams, its settings and its clock. Tests put their own in place.</summary>
public sealed class Terminal
{
    /// <summary>Where nobody looks at a window, names in tables are better left whole.</summary>
    private const int PlainWidth = 250;

    private readonly Lazy<IAnsiConsole> page;
    private readonly Lazy<IAnsiConsole> notes;

    public Terminal(
        TextReader input, TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal,
        Func<string, string?> setting, TimeProvider clock)
    {
        Input = input;
        Output = output;
        Error = error;
        ErrorIsTerminal = errorIsTerminal;
        Setting = setting;
        Clock = clock;
        page = new(() => Rich(output, outputIsTerminal));
        notes = new(() => Rich(error, errorIsTerminal));
    }

    /// <summary>The process's own.</summary>
    public static Terminal Process { get; } = new(
        Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected,
        Environment.GetEnvironmentVariable, TimeProvider.System);

    public TextReader Input { get; }

    /// <summary>For data, which other programs read.</summary>
    public TextWriter Output { get; }

    /// <summary>For progress and errors.</summary>
    public TextWriter Error { get; }

    public bool ErrorIsTerminal { get; }

    public Func<string, string?> Setting { get; }

    public TimeProvider Clock { get; }

    /// <summary>Tables and texts for people, on <see cref="Output"/>.</summary>
    public IAnsiConsole Page => page.Value;

    /// <summary>Errors and remarks for people, on <see cref="Error"/>.</summary>
    public IAnsiConsole Notes => notes.Value;

    private static IAnsiConsole Rich(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
