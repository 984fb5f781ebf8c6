namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>Stores the newest checkpoint in a local folder.</summary>
public sealed class FolderCheckpoints(string folder) : ICheckpointStore
{
    private const string FileName = "checkpoint.safetensors";

    private string Newest => Path.Combine(folder, FileName);

    public string? Fetch(CancellationToken cancellationToken) => File.Exists(Newest) ? Newest : null;

    public void Put(Action<string> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        Directory.CreateDirectory(folder);
        var next = $"{Newest}.next";
        write(next);
        File.Move(next, Newest, overwrite: true);
    }

    public void Clear()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
