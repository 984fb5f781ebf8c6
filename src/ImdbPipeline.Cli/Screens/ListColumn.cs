namespace ImdbPipeline.Cli.Screens;

/// <param name="Title">Its heading.</param>
internal sealed record ListColumn(string Title)
{
    /// <summary>Columns with a rank are left out where the page is too narrow, the highest rank first. 0: never.</summary>
    public int Rank { get; init; }

    public bool IsNumber { get; init; }

    /// <summary>Whether the values are sentences, which may be wrapped. Only for the last column.</summary>
    public bool IsText { get; init; }

    public static implicit operator ListColumn(string title) => new(title);
}
