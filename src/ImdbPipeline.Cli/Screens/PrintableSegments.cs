using ImdbPipeline.Core.Foundation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ImdbPipeline.Cli.Screens;

/// <summary>Escapes the text of formatted output, but not the codes that format it.</summary>
internal sealed class PrintableSegments : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(renderable => new Escaped(renderable));

    private sealed class Escaped(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(segment => segment.IsControlCode || segment.IsLineBreak || !PrintableText.NeedsEscape(segment.Text)
                ? segment
                : new Segment(PrintableText.OneLine(segment.Text), segment.Style));
    }
}
