namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>
/// Stores the newest checkpoint of a training run; it is replaced atomically. Called synchronously on the training thread.
/// </summary>
public interface ICheckpointStore
{
    /// <returns>Local path of the newest checkpoint; null if there is none.</returns>
    string? Fetch(CancellationToken cancellationToken);

    /// <param name="write">Writes the checkpoint to the given path.</param>
    void Put(Action<string> write, CancellationToken cancellationToken);

    /// <summary>Deletes all checkpoints once training is complete.</summary>
    void Clear();
}
