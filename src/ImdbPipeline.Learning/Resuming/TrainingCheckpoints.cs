using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Checkpoints;
using static TorchSharp.torch;

namespace ImdbPipeline.Learning.Resuming;

/// <summary>
/// Saves a training so that another process goes on from it as if nothing had happened. One safetensors file holds
/// everything (weights, the optimizer's means and squares, early stopping's best weights, and as metadata the step and what
/// was trained), so that a checkpoint is whole or not there.
/// </summary>
/// <param name="store">Null where nothing is to be kept.</param>
/// <param name="fingerprint">Of the settings and the data: a checkpoint of another training is not used.</param>
public sealed class TrainingCheckpoints(ICheckpointStore? store, string fingerprint)
{
    private const string FingerprintKey = "fingerprint";
    private const string StateKey = "state";
    private const string DigestKey = "sha256";

    // Looked for once: reading a checkpoint to the end to verify it takes a while.
    private bool known;
    private LoopState? newest;

    /// <summary>None are kept.</summary>
    public static TrainingCheckpoints None { get; } = new(null, "");

    /// <summary>Why a checkpoint that was found was not used; null where none was, or all were.</summary>
    public string? Ignored { get; private set; }

    /// <returns>How far the newest usable checkpoint is; null where training begins anew.</returns>
    public LoopState? Find(CancellationToken cancellationToken)
    {
        if (!known)
            (newest, known) = (Look(cancellationToken), true);
        return newest;
    }

    /// <summary>Copies the newest checkpoint's tensors into these, by name.</summary>
    /// <exception cref="InputRejectedException">It lacks one of them.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> tensors, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (store?.Fetch(cancellationToken) is not { } path)
            throw new InvalidOperationException("expected the checkpoint that was found, found none any more. Start the training again.");
        using var reader = new SafetensorsReader(path);
        using var frozen = no_grad();
        foreach (var (name, tensor) in tensors)
        {
            using var value = reader.Read(name);
            tensor.copy_(value);
        }
    }

    /// <param name="tensors">float32, by name.</param>
    public void Save(LoopState state, IReadOnlyDictionary<string, Tensor> tensors, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (store is null)
            return;
        var json = JsonSerializer.Serialize(state, PipelineJson.Line);
        var metadata = new Dictionary<string, string> { [FingerprintKey] = fingerprint, [StateKey] = json, [DigestKey] = Digest(json, tensors.Keys, name => tensors[name].detach().cpu().contiguous()) };
        store.Put(path => SafetensorsWriter.Write(path, tensors, metadata), cancellationToken);
        (newest, known) = (state, true);
    }

    private LoopState? Look(CancellationToken cancellationToken)
    {
        if (store?.Fetch(cancellationToken) is not { } path)
            return null;
        try
        {
            using var reader = new SafetensorsReader(path);
            if (reader.Metadata.GetValueOrDefault(FingerprintKey) == fingerprint)
                return State(reader, path);
            Ignored = "the checkpoint is of another training";
        }
        catch (InputRejectedException e)
        {
            // Training again from the beginning ends in the same model.
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
            : throw new InputRejectedException("checkpoint-damaged", path, "the bytes that were saved", $"others (SHA-256 {digest})", "Remove it; training begins anew.");
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
