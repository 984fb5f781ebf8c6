using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Lines between the tables of a page.</summary>
internal static class PageLines
{
    /// <summary>One line as it is: the console's own wrapping would tear commands apart that people copy.</summary>
    public static void Line(this IAnsiConsole page, string text = "") => page.Profile.Out.Writer.WriteLine(text);
}
