using System.Collections.Concurrent;
using Azure.Core;
using ImdbPipeline.Core.Foundation;
using Xunit;

namespace ImdbPipeline.Testing.Faults;

/// <summary>
/// Runs one stage without faults, then once for each of its storage calls and each fault, each time on a fresh account. After a fatal
/// fault the stage is delivered again, as the hosts do. At the end, storage must be the same as after the fault-free run.
/// </summary>
/// <param name="what">Name in the report.</param>
/// <param name="start">Creates a fresh account and the stage prepared on it, accessed through the faults.</param>
/// <param name="atOnce">Maximum number of concurrent executions.</param>
/// <param name="sparingReads">Gives read-only calls only the <see cref="StorageFault.FatalBefore"/> fault; for slow stages.</param>
public sealed class StageTrial(string what, Func<StorageFaults, Task<StageUnderTrial>> start, int atOnce = 4, bool sparingReads = false)
{
    private const int MaxDeliveries = 4;

    private static readonly StorageFault[] kinds = [StorageFault.FatalBefore, StorageFault.FatalAfter, StorageFault.ResponseLost];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        var (expected, calls) = await RunAsync(0, StorageFault.None);
        Assert.NotEmpty(calls);
        var failures = new ConcurrentQueue<string>();
        var cases = (from call in calls.Keys.Order() from kind in kinds where kind == StorageFault.FatalBefore || calls[call] || !sparingReads select (call, kind)).ToList();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Cancellation }, async (trial, _) =>
        {
            try
            {
                var (found, _) = await RunAsync(trial.call, trial.kind);
                if (!found.SequenceEqual(expected))
                    failures.Enqueue($"call {trial.call}, {trial.kind}:\n  - {string.Join("\n  - ", expected.Except(found))}\n  + {string.Join("\n  + ", found.Except(expected))}");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures.Enqueue($"call {trial.call}, {trial.kind}: {e}");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {calls.Count} calls, {cases.Count} cases, {failures.Count} failures");
        Assert.True(failures.IsEmpty, $"{what}: {failures.Count} of {cases.Count} cases differ from the fault-free run (-: missing, +: unexpected).\n{string.Join('\n', failures.Take(8))}");
    }

    /// <returns>The contents of storage at the end; for each call of the first delivery, by number, whether it can change anything.</returns>
    private async Task<(IReadOnlyList<string> Listing, IReadOnlyDictionary<int, bool> Calls)> RunAsync(int call, StorageFault kind)
    {
        var faults = new StorageFaults();
        var calls = new ConcurrentDictionary<int, bool>();
        await using var stage = await start(faults);
        var hit = "";
        faults.Arm((request, number) =>
        {
            calls[number] = CanChange(request);
            if (number != call)
                return StorageFault.None;
            hit = StorageFaults.Describe(request);
            return kind;
        });
        var error = await DeliverAsync(stage);
        faults.Disarm();
        // The exception must name the fault; later errors must not hide it.
        if (kind is StorageFault.FatalBefore or StorageFault.FatalAfter && error is not null && !error.ToString().Contains(nameof(StorageFaultException), StringComparison.Ordinal))
            throw new InvalidOperationException($"at {hit}: expected an error that names the fault, found another", error);
        if (kind is StorageFault.None or StorageFault.ResponseLost && error is not null)
            throw new InvalidOperationException($"at {hit}: expected the client's retries to succeed, found an error", error);
        for (var delivery = 2; error is not null; delivery++)
        {
            if (delivery > MaxDeliveries)
                throw new InvalidOperationException($"at {hit}: every redelivery failed", error);
            error = await DeliverAsync(stage);
        }
        await stage.FinishAsync();
        return (await stage.ListAsync(), calls);
    }

    // Receiving from a queue hides the messages.
    private static bool CanChange(Request request) =>
        (request.Method != RequestMethod.Get && request.Method != RequestMethod.Head) || request.Uri.ToUri().AbsolutePath.EndsWith("/messages", StringComparison.Ordinal);

    private static async Task<Exception?> DeliverAsync(StageUnderTrial stage)
    {
        try
        {
            await stage.RunAsync();
            return null;
        }
        catch (InputRejectedException)
        {
            // A rejection is a result: it is recorded, and the event ends on the poison queue.
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e;
        }
    }
}

/// <summary>A stage that is ready to run on its own account.</summary>
/// <param name="RunAsync">One delivery.</param>
/// <param name="FinishAsync">Runs after the deliveries, without faults, before storage is compared.</param>
/// <param name="ListAsync">Everything in storage that must match the fault-free run.</param>
/// <param name="Owner">Disposed at the end.</param>
public sealed record StageUnderTrial(Func<Task> RunAsync, Func<Task> FinishAsync, Func<Task<IReadOnlyList<string>>> ListAsync, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
