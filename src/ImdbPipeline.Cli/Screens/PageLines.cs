using ImdbPipeline.Core.Foundation;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Writes lines between the tables of a page.</summary>
internal static class PageLines
{
    /// <summary>Writes one line without wrapping, so that commands stay copyable.</summary>
    public static void Line(this IAnsiConsole page, string text = "") => page.Profile.Out.Writer.WriteLine(PrintableText.Lines(text));
}
