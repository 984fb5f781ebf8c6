using System.Collections.Concurrent;
using Azure.Core;
using ImdbPipeline.Core;
using Xunit;

namespace ImdbPipeline.Testing.Faults;

/// <summary>
/// Delivers one upload, once for each of the stage's calls to storage with a new content uploaded right before that call, and once
/// for each answer with the upload's content in it that breaks off in the middle, the rest of which is asked for after the new
/// upload. The delivery may succeed, refuse or say that the upload was overwritten; nothing else.
/// </summary>
/// <param name="what">For the report.</param>
/// <param name="start">A fresh account with the old content uploaded, reached through the faults.</param>
public sealed class OverwriteTrial(string what, Func<StorageFaults, Task<UploadUnderTrial>> start)
{
    private const int AtOnce = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        var (_, calls, reads) = await RunAsync(0, 0);
        Assert.True(calls > 0 && reads > 0, $"{calls} calls, {reads} of them for the content");
        var (wrong, overtaken) = (new ConcurrentQueue<string>(), 0);
        var cases = Enumerable.Range(1, calls).Select(call => (Call: call, Read: 0)).Concat(Enumerable.Range(1, reads).Select(read => (Call: 0, Read: read))).ToList();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancelled }, async (trial, _) =>
        {
            try
            {
                if ((await RunAsync(trial.Call, trial.Read)).Error is IOException)
                    Interlocked.Increment(ref overtaken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                wrong.Enqueue(trial.Call > 0 ? $"before call {trial.Call}: {e}" : $"in the middle of read {trial.Read}: {e}");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {calls} calls, {reads} of them for the content, {cases.Count} cases, {overtaken} of them named as overwritten, {wrong.Count} wrong");
        Assert.True(wrong.IsEmpty, $"{what}: {wrong.Count} of {cases.Count} cases are wrong.\n{string.Join('\n', wrong.Take(8))}");
        Assert.NotEqual(0, overtaken);
    }

    private async Task<(Exception? Error, int Calls, int Reads)> RunAsync(int call, int read)
    {
        var faults = new StorageFaults();
        await using var upload = await start(faults);
        var (calls, reads, isCut) = (0, 0, false);
        // One at a time: an upload that another call waits for would not be before that call.
        var gate = new Lock();
        faults.Arm((request, number) =>
        {
            lock (gate)
            {
                calls = number;
                var isRead = upload.IsRead(request);
                if (isRead)
                    reads++;
                if (number == call || (isCut && isRead))
                {
                    isCut = false;
                    upload.Overwrite();
                }
                else if (isRead && reads == read)
                {
                    isCut = true;
                    return StorageFault.BodyCut;
                }
                return StorageFault.None;
            }
        });
        var error = await Record.ExceptionAsync(upload.DeliverAsync);
        faults.Disarm();
        if (error is not null and not InputRejectedException && !(error is IOException && error.Message.Contains("overwritten", StringComparison.Ordinal)))
            throw new InvalidOperationException("expected success, a refusal, or an IOException that says the upload was overwritten", error);
        Assert.False(isCut, "nobody asked for the rest of the content");
        if (call > 0 || read > 0)
            await upload.CheckAsync();
        return (error, calls, reads);
    }
}

/// <summary>An upload that is overwritten while a stage is at it.</summary>
/// <param name="DeliverAsync">The stage, for the upload's event.</param>
/// <param name="IsRead">Whether the answer to the call holds some of the upload's content.</param>
/// <param name="Overwrite">Uploads the new content.</param>
/// <param name="CheckAsync">That nothing is mixed, and that the next delivery ends in the new content's result.</param>
/// <param name="Owner">Disposed of in the end.</param>
public sealed record UploadUnderTrial(Func<Task> DeliverAsync, Func<Request, bool> IsRead, Action Overwrite, Func<Task> CheckAsync, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
