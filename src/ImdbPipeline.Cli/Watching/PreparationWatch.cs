using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Cli.Watching;

/// <summary>Shows the progress of preparing an archive.</summary>
public sealed class PreparationWatch(Session session) : IProgress<PreparationProgress>, IDisposable
{
    private readonly StageProgress<PreparationPhase> progress = new((stage, done) => stage switch
    {
        PreparationPhase.Reading => session.Progress("Reading", null, bytes => Quantity.Bytes(bytes), done),
        PreparationPhase.Vocabulary => session.Progress("Building the vocabulary", null, Quantity.Count, done),
        _ => session.Progress("Tokenizing", null, Quantity.Count, done),
    });

    public void Report(PreparationProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        progress.Report(value.Phase, value.Done, value.Total);
    }

    public void Dispose() => progress.Dispose();
}
