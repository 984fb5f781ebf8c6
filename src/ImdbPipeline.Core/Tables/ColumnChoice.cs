using System.Globalization;

namespace ImdbPipeline.Core.Tables;

/// <summary>The columns of a table as its owner names them. A column that is not chosen is recognized by its name.</summary>
/// <param name="Text">A column's name, or its position, counted from 1, in a table without a header.</param>
/// <param name="Label">Likewise.</param>
/// <param name="Id">Likewise.</param>
public sealed record ColumnChoice(string? Text = null, string? Label = null, string? Id = null)
{
    public static ColumnChoice None { get; } = new();

    /// <summary>Whether every chosen column could be a position.</summary>
    internal bool AreAllPositions => Chosen.Any() && Chosen.All(name => Position(name) is not null);

    private IEnumerable<string> Chosen => new[] { Text, Label, Id }.OfType<string>();

    /// <summary>Whether the choice is by position because the first row is not a header.</summary>
    internal bool IsByPosition(IReadOnlyList<string> firstRow) =>
        AreAllPositions && !Chosen.All(name => firstRow.Any(cell => cell.Trim() == name));

    /// <returns>Zero-based; null if the name is not a position.</returns>
    internal static int? Position(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0 ? position - 1 : null;
}
