using System.Text;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Writes lines of text, escaping whatever would act on the terminal.</summary>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => inner.Write(PrintableText.Lines(value ?? ""));

    public override void WriteLine(string? value) => inner.WriteLine(PrintableText.Lines(value ?? ""));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
