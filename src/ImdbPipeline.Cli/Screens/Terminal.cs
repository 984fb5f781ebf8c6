using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>The process environment: streams, settings and time. Tests substitute their own.</summary>
public sealed class Terminal
{
    /// <summary>Width when output is redirected; wide enough not to wrap names in tables.</summary>
    internal const int PlainWidth = 250;

    private const string Red = "\u001b[31m";
    private const string Plain = "\u001b[0m";
    private const string EraseLineCode = "\r\u001b[2K";

    private readonly TextWriter error;
    private readonly Lazy<IAnsiConsole> page;
    private readonly Lazy<IAnsiConsole> notes;

    public Terminal(
        TextReader input, TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal,
        IConfiguration settings, TimeProvider timeProvider)
    {
        this.error = error;
        Input = input;
        Output = new PrintableWriter(output);
        Error = new PrintableWriter(error);
        ErrorIsTerminal = errorIsTerminal;
        Settings = settings;
        TimeProvider = timeProvider;
        page = new(() => Rich(output, outputIsTerminal));
        notes = new(() => Rich(error, errorIsTerminal));
    }

    /// <summary>The terminal of this process.</summary>
    public static Terminal Process { get; } = new(
        Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected,
        new ConfigurationBuilder().AddEnvironmentVariables().Build(), TimeProvider.System);

    public TextReader Input { get; }

    /// <summary>For results and data. Control characters other than tabs and line breaks are escaped.</summary>
    public TextWriter Output { get; }

    /// <summary>For progress and errors. Control characters other than tabs and line breaks are escaped.</summary>
    public TextWriter Error { get; }

    public bool ErrorIsTerminal { get; }

    public IConfiguration Settings { get; }

    public TimeProvider TimeProvider { get; }

    /// <summary>Formatted results, written to <see cref="Output"/>.</summary>
    public IAnsiConsole Page => page.Value;

    /// <summary>Formatted notes, written to <see cref="Error"/>.</summary>
    public IAnsiConsole Notes => notes.Value;

    /// <summary>Writes an error, red on a terminal.</summary>
    public void WriteError(string line)
    {
        var printable = PrintableText.OneLine(line);
        error.WriteLine(ErrorIsTerminal ? $"{Red}error: {printable}{Plain}" : $"error: {printable}");
    }

    /// <summary>Erases the current line of a terminal.</summary>
    public void EraseLine() => error.Write(EraseLineCode);

    private static IAnsiConsole Rich(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Pipeline.Attach(new PrintableSegments());
        if (!isTerminal)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
