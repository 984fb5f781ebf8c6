using Spectre.Console;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>What was measured, printed as soon as it is known and together at the end.</summary>
internal sealed class Figures
{
    private readonly List<string[]> rows = [];

    /// <param name="what">What was measured.</param>
    /// <param name="value">With its unit.</param>
    /// <param name="aim">What it should be; empty where it is there for comparison only.</param>
    public void Add(string stage, string what, string value, string aim = "")
    {
        rows.Add([stage, what, value, aim]);
        Console.WriteLine($"{stage}: {what}: {value}{(aim.Length == 0 ? "" : $" (aim: {aim})")}");
    }

    public void Print()
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns("stage", "measured", "value", "aim");
        foreach (var row in rows)
            table.AddRow(Array.ConvertAll(row, Markup.Escape));
        AnsiConsole.Console.Profile.Width = 200;
        AnsiConsole.Write(table);
    }
}
