namespace ImdbPipeline.Learning.Resuming;

/// <summary>
/// Where the checkpoints of one training are kept. Only the newest matters, and it is whole at any moment: a new one takes
/// its place in one step. Called by the thread that trains, which waits.
/// </summary>
public interface ICheckpointStore
{
    /// <returns>A local file with the newest checkpoint; null where there is none.</returns>
    string? Fetch(CancellationToken cancellationToken);

    /// <param name="write">Writes the checkpoint to the path it is given.</param>
    void Put(Action<string> write, CancellationToken cancellationToken);

    /// <summary>The training is over: nothing is to be resumed.</summary>
    void Clear();
}
