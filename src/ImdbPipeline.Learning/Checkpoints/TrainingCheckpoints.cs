using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.ModelFolders;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>
/// Saves and restores training state so that another process can resume. A checkpoint is a single safetensors file: tensors are the
/// weights, the optimizer state and the best weights of early stopping; metadata is the loop state, the fingerprint and a digest.
/// </summary>
/// <param name="store">Null to disable checkpoints.</param>
/// <param name="fingerprint">Identifies settings and data; checkpoints with a different fingerprint are ignored.</param>
public sealed class TrainingCheckpoints(ICheckpointStore? store, string fingerprint)
{
    private const string FingerprintKey = "fingerprint";
    private const string StateKey = "state";
    private const string DigestKey = "sha256";

    // Searched only once, because verifying a checkpoint reads the whole file.
    private bool searched;
    private LoopState? newest;

    /// <summary>Why an existing checkpoint was ignored; null if none was.</summary>
    public string? Ignored { get; private set; }

    /// <returns>State of the newest usable checkpoint; null if training must start from the beginning.</returns>
    public LoopState? Find(CancellationToken cancellationToken)
    {
        if (!searched)
            (newest, searched) = (Load(cancellationToken), true);
        return newest;
    }

    /// <summary>Copies the tensors of the newest checkpoint into <paramref name="tensors"/>, by name.</summary>
    /// <exception cref="InputRejectedException">The checkpoint lacks a tensor.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> tensors, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (store?.Fetch(cancellationToken) is not { } path)
            throw new InvalidOperationException("checkpoint: expected the file found earlier, found none. Start the training again.");
        using var reader = new SafetensorsReader(path);
        using var noGrad = no_grad();
        foreach (var (name, tensor) in tensors)
        {
            using var value = reader.Read(name);
            tensor.copy_(value);
        }
    }

    /// <param name="tensors">float32 tensors by name.</param>
    public void Save(LoopState state, IReadOnlyDictionary<string, Tensor> tensors, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (store is null)
            return;
        var json = JsonSerializer.Serialize(state, PipelineJson.Line);
        var metadata = new Dictionary<string, string> { [FingerprintKey] = fingerprint, [StateKey] = json, [DigestKey] = Digest(json, tensors.Keys, name => tensors[name].detach().cpu().contiguous()) };
        store.Put(path => SafetensorsWriter.Write(path, tensors, metadata), cancellationToken);
        (newest, searched) = (state, true);
    }

    private LoopState? Load(CancellationToken cancellationToken)
    {
        if (store?.Fetch(cancellationToken) is not { } path)
            return null;
        try
        {
            using var reader = new SafetensorsReader(path);
            if (reader.Metadata.GetValueOrDefault(FingerprintKey) == fingerprint)
                return State(reader, path);
            Ignored = "the checkpoint is from a different training run";
        }
        catch (InputRejectedException e)
        {
            // Training from the beginning gives the same model.
            Ignored = $"the checkpoint is damaged: {e.Message}";
        }

        return null;
    }

    private static LoopState State(SafetensorsReader reader, string path)
    {
        var json = reader.Metadata.GetValueOrDefault(StateKey, "");
        var digest = Digest(json, reader.Tensors.Keys, reader.Read);
        return digest == reader.Metadata.GetValueOrDefault(DigestKey)
            ? JsonSerializer.Deserialize<LoopState>(json, PipelineJson.Line)!
            : throw new InputRejectedException(ErrorRules.CheckpointDamaged, path, "content that matches its SHA-256", $"content with SHA-256 {digest}", "Delete the file to train from the beginning.");
    }

    private static string Digest(string state, IEnumerable<string> names, Func<string, Tensor> read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(state));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            var values = read(name);
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(values.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
