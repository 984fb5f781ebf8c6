namespace ImdbPipeline.Cli.Screens;

/// <summary>
/// Progress of work in stages: one line a stage, each begun when the stage before ends. A stage that begins again, with
/// another split for instance, gets another line: its rate is its own.
/// </summary>
/// <param name="begin">Makes the line of a stage, of which so much is done already.</param>
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
