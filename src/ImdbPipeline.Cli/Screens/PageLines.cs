using ImdbPipeline.Core.Foundation;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Writes lines between the tables of a page.</summary>
internal static class PageLines
{
    /// <summary>Whether the page goes to a file or another program.</summary>
    public static bool IsRedirected(this IAnsiConsole page) => page.Profile.Width == Terminal.PlainWidth;

    /// <summary>Writes one line without wrapping, so that commands stay copyable.</summary>
    public static void Line(this IAnsiConsole page, string text = "") => page.Profile.Out.Writer.WriteLine(PrintableText.Lines(text));
}
