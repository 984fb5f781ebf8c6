namespace ImdbPipeline.Core.Foundation;

/// <summary>A value of a log message, printed by <see cref="PrintableText"/> on one line.</summary>
/// <param name="Text">Any text.</param>
public readonly record struct Printable(string? Text)
{
    public static implicit operator Printable(string? text) => new(text);

    public override string ToString() => PrintableText.OneLine(Text ?? "");
}
