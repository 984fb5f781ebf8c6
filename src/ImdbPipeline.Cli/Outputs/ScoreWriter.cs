using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Writes scored rows in one of the formats.</summary>
public abstract class ScoreWriter : IDisposable
{
    public abstract void Write(ScoredRow row);

    /// <summary>Writes what is left.</summary>
    /// <returns>Notes for the user.</returns>
    public abstract IReadOnlyList<string> Finish();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <param name="Source">The row that was scored; null if it is not known.</param>
/// <param name="Record">Its prediction, or its error.</param>
public sealed record ScoredRow(OriginalRow? Source, ScoreRecord Record);
