namespace ImdbPipeline.Cli.Screens;

/// <summary>
/// Progress of work in stages, with one line per stage. A stage that starts again, for example with another split, gets a
/// new line with its own rate.
/// </summary>
/// <param name="begin">Creates the line of a stage, given the amount already done.</param>
public sealed class StageProgress<TStage>(Func<TStage, long, ProgressLine> begin) : IDisposable where TStage : struct
{
    private readonly Lock gate = new();
    private TStage? stage;
    private ProgressLine? line;
    private long last;

    public void Report(TStage current, long done, long total, string note = "")
    {
        lock (gate)
        {
            if (!EqualityComparer<TStage?>.Default.Equals(stage, current) || done < last)
            {
                line?.Dispose();
                line = begin(current, done);
                stage = current;
            }
            last = done;
            line!.Report(done, total > 0 ? total : null, note);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            line?.Dispose();
            line = null;
            stage = null;
        }
    }
}
