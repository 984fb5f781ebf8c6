using ImdbPipeline.Core.Foundation;
using Spectre.Console;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Named values of one thing, one below the other. Redirected output is separated by tabs.</summary>
internal sealed class Facts
{
    private const string Gap = "  ";

    private readonly List<(string Name, string Value)> facts = [];

    /// <param name="value">Left out if it is null or empty.</param>
    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            facts.Add((name, PrintableText.OneLine(value)));
    }

    public void Show(IAnsiConsole page)
    {
        var indent = facts.Select(fact => fact.Name.Length).DefaultIfEmpty().Max() + Gap.Length;
        foreach (var (name, value) in facts)
        {
            if (page.IsRedirected())
                page.Line($"{name}\t{value}");
            else
                foreach (var (number, line) in Listing.Wrap(value, page.Profile.Width - indent).Index())
                    page.Line((number == 0 ? name : "").PadRight(indent) + line);
        }
    }
}
