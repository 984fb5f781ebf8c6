using System.Collections.Concurrent;
using Azure.Core;
using ImdbPipeline.Core;
using Xunit;

namespace ImdbPipeline.Testing.Faults;

/// <summary>
/// Runs one stage unharmed, and then once for each of its calls to storage and each fault, on a fresh account every time. A fatal
/// fault is followed by a redelivery, as the hosts would; in the end everything in storage must be as after the unharmed run.
/// </summary>
/// <param name="what">For the report.</param>
/// <param name="start">A fresh account and the stage prepared on it, reached through the faults.</param>
/// <param name="atOnce">Runs side by side.</param>
/// <param name="sparingReads">Whether calls that change nothing fail before they are heard only, for stages that take long.</param>
public sealed class StageTrial(string what, Func<StorageFaults, Task<StageUnderTrial>> start, int atOnce = 4, bool sparingReads = false)
{
    private const int Deliveries = 4;

    private static readonly StorageFault[] kinds = [StorageFault.FatalBefore, StorageFault.FatalAfter, StorageFault.AnswerLost];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        var (expected, calls) = await RunAsync(0, StorageFault.None);
        Assert.NotEmpty(calls);
        var wrong = new ConcurrentQueue<string>();
        var cases = (from call in calls.Keys.Order() from kind in kinds where kind == StorageFault.FatalBefore || calls[call] || !sparingReads select (call, kind)).ToList();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Cancelled }, async (trial, _) =>
        {
            try
            {
                var (found, _) = await RunAsync(trial.call, trial.kind);
                if (!found.SequenceEqual(expected))
                    wrong.Enqueue($"call {trial.call}, {trial.kind}:\n  - {string.Join("\n  - ", expected.Except(found))}\n  + {string.Join("\n  + ", found.Except(expected))}");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                wrong.Enqueue($"call {trial.call}, {trial.kind}: {e}");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {calls.Count} calls, {cases.Count} cases, {wrong.Count} of them wrong");
        Assert.True(wrong.IsEmpty, $"{what}: {wrong.Count} of {cases.Count} cases end otherwise than unharmed (-: missing, +: too much).\n{string.Join('\n', wrong.Take(8))}");
    }

    /// <returns>What lies in storage in the end; of each call of the first delivery, by its number, whether it can change anything.</returns>
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
        // What was thrown must name the fault: nothing that happens afterwards may hide it.
        if (kind is StorageFault.FatalBefore or StorageFault.FatalAfter && error is not null && !error.ToString().Contains(nameof(StorageFaultException), StringComparison.Ordinal))
            throw new InvalidOperationException($"at {hit}: the fault is hidden behind another error", error);
        if (kind is StorageFault.None or StorageFault.AnswerLost && error is not null)
            throw new InvalidOperationException($"at {hit}: expected to be bridged by the client's retries", error);
        for (var delivery = 2; error is not null; delivery++)
        {
            if (delivery > Deliveries)
                throw new InvalidOperationException($"at {hit}: every redelivery failed", error);
            error = await DeliverAsync(stage);
        }
        await stage.FinishAsync();
        return (await stage.ListAsync(), calls);
    }

    // A queue hides the messages that it gives out.
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
            // A refusal is a result: it is recorded, and the hosts put the event away.
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e;
        }
    }
}

/// <summary>A stage that is ready to run on an account of its own.</summary>
/// <param name="RunAsync">One delivery.</param>
/// <param name="FinishAsync">What follows the delivery, unharmed, before storage is looked at.</param>
/// <param name="ListAsync">Everything in storage that must be as after the unharmed run.</param>
/// <param name="Owner">Disposed of in the end.</param>
public sealed record StageUnderTrial(Func<Task> RunAsync, Func<Task> FinishAsync, Func<Task<IReadOnlyList<string>>> ListAsync, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
