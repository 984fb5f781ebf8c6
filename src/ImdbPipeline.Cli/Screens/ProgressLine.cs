using System.Globalization;

namespace ImdbPipeline.Cli.Screens;

/// <summary>
/// Progress of one task: on a terminal a bar that is redrawn, otherwise a plain line every few seconds.
/// Tasks shorter than a second show nothing.
/// </summary>
public sealed class ProgressLine : IProgress<long>, IDisposable
{
    /// <summary>Lower rates are shown with a decimal.</summary>
    private const double MinWholeRate = 10;

    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinDuration = TimeSpan.FromSeconds(1);

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
    private bool drawn;

    /// <param name="terminal">The line is written to its error stream.</param>
    /// <param name="task">What is being done, such as <c>Uploading texts.jsonl</c>.</param>
    /// <param name="total">The total amount; null if unknown.</param>
    /// <param name="amount">Formats an amount, for example <see cref="Quantity.Count"/>.</param>
    /// <param name="silent">Suppresses all output.</param>
    /// <param name="alreadyDone">The amount done before this line started; excluded from the rate.</param>
    public ProgressLine(Terminal terminal, string task, long? total, Func<long, string> amount, bool silent = false, long alreadyDone = 0)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        this.terminal = terminal;
        this.task = task;
        this.total = total;
        this.amount = amount;
        this.silent = silent;
        this.alreadyDone = done = alreadyDone;
        started = terminal.TimeProvider.GetTimestamp();
    }

    /// <param name="value">The amount done so far.</param>
    public void Report(long value) => Report(value, total, note);

    public void Report(long value, long? newTotal, string newNote)
    {
        lock (gate)
        {
            done = value;
            total = newTotal;
            note = newNote;
            var elapsed = terminal.TimeProvider.GetElapsedTime(started);
            // When redirected, completion is reported only by the last line.
            if (silent || (done >= total && !terminal.ErrorIsTerminal && drawn) || elapsed < MinDuration || elapsed - shown < Interval(elapsed))
                return;
            shown = elapsed;
            Draw(elapsed);
        }
    }

    /// <summary>Ends the line with the total duration.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            var elapsed = terminal.TimeProvider.GetElapsedTime(started);
            if (drawn && terminal.ErrorIsTerminal)
                terminal.EraseLine();
            if (drawn)
                terminal.Error.WriteLine(Line(elapsed, ended: true));
            terminal.Error.Flush();
        }
    }

    // Long tasks report less often, to keep the log short.
    private TimeSpan Interval(TimeSpan elapsed) =>
        terminal.ErrorIsTerminal ? RedrawInterval : elapsed / 20 > PlainInterval ? elapsed / 20 : PlainInterval;

    private void Draw(TimeSpan elapsed)
    {
        drawn = true;
        var line = Line(elapsed, ended: false);
        if (terminal.ErrorIsTerminal)
        {
            terminal.EraseLine();
            terminal.Error.Write(Shorten(line, terminal.Notes.Profile.Width - 1));
        }
        else
        {
            terminal.Error.WriteLine(line);
        }
        terminal.Error.Flush();
    }

    private string Line(TimeSpan elapsed, bool ended)
    {
        var rate = elapsed > TimeSpan.Zero ? (done - alreadyDone) / elapsed.TotalSeconds : 0;
        var speed = rate switch
        {
            >= MinWholeRate => $"{amount((long)rate)}/s",
            > 0 => string.Create(CultureInfo.InvariantCulture, $"{rate:0.#}/s"),
            _ => "",
        };
        var left = !ended && total is { } all && rate > 0 && done < all
            ? Quantity.Time(TimeSpan.FromSeconds((all - done) / rate)) + " left"
            : $"{(ended ? "in " : "")}{Quantity.Time(elapsed)}";
        var share = total is > 0 ? (double)done / total.Value : (double?)null;
        string?[] parts =
        [
            share is { } bar && terminal.ErrorIsTerminal ? Quantity.Bar(bar, 24) : null,
            share is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(percent, 1) * 100,3:0} %") : null,
            total is { } end ? $"{amount(done)} of {amount(end)}" : done > 0 ? amount(done) : null,
            speed, left, note,
        ];
        return $"{task}  {string.Join("  ", parts.Where(part => !string.IsNullOrEmpty(part)))}";
    }

    private static string Shorten(string line, int width) => line.Length <= width || width < 2 ? line : line[..(width - 1)] + "…";
}
