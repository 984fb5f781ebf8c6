using Spectre.Console;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Prints each measurement as soon as it is taken, and all of them as a table at the end.</summary>
internal sealed class BenchmarkReport
{
    private readonly List<string[]> rows = [];

    public BenchmarkReport() => Console.WriteLine(MachineDescription.Text);

    /// <param name="measurement">What was measured.</param>
    /// <param name="value">Value with unit.</param>
    /// <param name="target">Target value; empty if only for comparison.</param>
    public void Add(string stage, string measurement, string value, string target = "")
    {
        rows.Add([stage, measurement, value, target]);
        Console.WriteLine($"{stage}: {measurement}: {value}{(target.Length == 0 ? "" : $" (target: {target})")}");
    }

    public void Print()
    {
        Console.WriteLine(MachineDescription.Text);
        var table = new Table().Border(TableBorder.Markdown).AddColumns("stage", "measurement", "value", "target");
        foreach (var row in rows)
            table.AddRow(Array.ConvertAll(row, Markup.Escape));
        AnsiConsole.Console.Profile.Width = 200;
        AnsiConsole.Write(table);
    }
}
