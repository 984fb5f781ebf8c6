using System.Globalization;

namespace ImdbPipeline.Cli.Screens;

/// <summary>
/// Progress of one task: on a terminal a bar that is painted over, elsewhere a plain line every few seconds.
/// Tasks shorter than a second show nothing.
/// </summary>
public sealed class ProgressLine : IProgress<long>, IDisposable
{
    private static readonly TimeSpan Repaint = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Terminal terminal;
    private readonly string task;
    private readonly Func<long, string> amount;
    private readonly long started;
    private readonly bool silent;
    private readonly long alreadyDone;
    private TimeSpan shown;
    private long? total;
    private long done;
    private string note = "";
    private bool painted;

    /// <param name="terminal">Where the line is painted, on the error stream.</param>
    /// <param name="task">What is being done: <c>Uploading reviews.jsonl</c>.</param>
    /// <param name="total">How much there is to do; null where nobody knows.</param>
    /// <param name="amount">Turns an amount into text, for instance <see cref="Quantity.Count"/>.</param>
    /// <param name="silent">Whether nothing is shown at all.</param>
    /// <param name="alreadyDone">What was done before this line began, which is no measure of its rate.</param>
    public ProgressLine(Terminal terminal, string task, long? total, Func<long, string> amount, bool silent = false, long alreadyDone = 0)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        this.terminal = terminal;
        this.task = task;
        this.total = total;
        this.amount = amount;
        this.silent = silent;
        this.alreadyDone = done = alreadyDone;
        started = terminal.Clock.GetTimestamp();
    }

    /// <param name="value">How much is done by now.</param>
    public void Report(long value) => Report(value, total, note);

    public void Report(long value, long? ofTotal, string remark)
    {
        lock (gate)
        {
            done = value;
            total = ofTotal;
            note = remark;
            var elapsed = terminal.Clock.GetElapsedTime(started);
            // What is complete is told once, by the last line.
            if (silent || (done >= total && !terminal.ErrorIsTerminal && painted) || elapsed < Shortest || elapsed - shown < Interval(elapsed))
                return;
            shown = elapsed;
            Paint(elapsed);
        }
    }

    /// <summary>Ends the line and leaves how long it took.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            var elapsed = terminal.Clock.GetElapsedTime(started);
            if (painted && terminal.ErrorIsTerminal)
                terminal.Error.Write("\r\u001b[2K");
            if (painted)
                terminal.Error.WriteLine(Line(elapsed, ended: true));
            terminal.Error.Flush();
        }
    }

    // Lines of long tasks come more rarely, so that an hour's log stays readable.
    private TimeSpan Interval(TimeSpan elapsed) =>
        terminal.ErrorIsTerminal ? Repaint : elapsed / 20 > PlainInterval ? elapsed / 20 : PlainInterval;

    private void Paint(TimeSpan elapsed)
    {
        painted = true;
        var line = Line(elapsed, ended: false);
        if (terminal.ErrorIsTerminal)
            terminal.Error.Write("\r\u001b[2K" + Shorten(line, terminal.Notes.Profile.Width - 1));
        else
            terminal.Error.WriteLine(line);
        terminal.Error.Flush();
    }

    private string Line(TimeSpan elapsed, bool ended)
    {
        var rate = elapsed > TimeSpan.Zero ? (done - alreadyDone) / elapsed.TotalSeconds : 0;
        var speed = rate > 0 ? $"{amount(RoundRate(rate))}/s" : "";
        var left = !ended && total is { } all && rate > 0 && done < all
            ? Quantity.Time(TimeSpan.FromSeconds((all - done) / rate)) + " left"
            : Quantity.Time(elapsed);
        var share = total is > 0 ? (double)done / total.Value : (double?)null;
        string?[] parts =
        [
            share is { } bar && terminal.ErrorIsTerminal ? Quantity.Bar(bar, 24) : null,
            share is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(percent, 1) * 100,3:0} %") : null,
            total is { } most ? $"{amount(done)} of {amount(most)}" : done > 0 ? amount(done) : null,
            speed, left, note,
        ];
        return $"{task}  {string.Join("  ", parts.Where(part => !string.IsNullOrEmpty(part)))}";
    }

    private static long RoundRate(double rate) => rate is > 0 and < long.MaxValue ? (long)Math.Ceiling(rate) : 0;

    private static string Shorten(string line, int width) => line.Length <= width || width < 2 ? line : line[..(width - 1)] + "…";
}
