using System.Collections.Concurrent;
using Azure.Core;
using ImdbPipeline.Core.Foundation;
using Xunit;

namespace ImdbPipeline.Testing.Faults;

/// <summary>
/// Delivers one upload again and again, overwriting it each time at another moment: right before each of the stage's storage calls,
/// and in the middle of each response with the upload's content, which breaks off so that the rest is requested after the new
/// upload. A delivery may only succeed, reject the upload, or report that it was overwritten.
/// </summary>
/// <param name="what">Name in the report.</param>
/// <param name="start">Creates a fresh account with the old content uploaded, accessed through the faults.</param>
public sealed class OverwriteTrial(string what, Func<StorageFaults, Task<UploadUnderTrial>> start)
{
    private const int Parallelism = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        var (_, calls, reads) = await RunAsync(0, 0);
        Assert.True(calls > 0 && reads > 0, $"expected calls and content reads, found {calls} calls and {reads} content reads");
        var (failures, overwritten) = (new ConcurrentQueue<string>(), 0);
        var cases = Enumerable.Range(1, calls).Select(call => (Call: call, Read: 0)).Concat(Enumerable.Range(1, reads).Select(read => (Call: 0, Read: read))).ToList();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = Cancellation }, async (trial, _) =>
        {
            try
            {
                if ((await RunAsync(trial.Call, trial.Read)).Error is IOException)
                    Interlocked.Increment(ref overwritten);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures.Enqueue(trial.Call > 0 ? $"before call {trial.Call}: {e}" : $"in the middle of read {trial.Read}: {e}");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {calls} calls, {reads} of them content reads, {cases.Count} cases, {overwritten} reported as overwritten, {failures.Count} failures");
        Assert.True(failures.IsEmpty, $"{what}: {failures.Count} of {cases.Count} cases failed.\n{string.Join('\n', failures.Take(8))}");
        Assert.NotEqual(0, overwritten);
    }

    private async Task<(Exception? Error, int Calls, int Reads)> RunAsync(int call, int read)
    {
        var faults = new StorageFaults();
        await using var upload = await start(faults);
        var (calls, reads, isCut) = (0, 0, false);
        // One call at a time, so that the new upload really comes before the chosen call.
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
                    return StorageFault.BodyTruncated;
                }
                return StorageFault.None;
            }
        });
        var error = await Record.ExceptionAsync(upload.DeliverAsync);
        faults.Disarm();
        if (error is not null and not InputRejectedException && !(error is IOException && error.Message.Contains("overwritten", StringComparison.Ordinal)))
            throw new InvalidOperationException("expected success, a rejection, or an IOException that says the upload was overwritten", error);
        Assert.False(isCut, "the rest of the content was never requested");
        if (call > 0 || read > 0)
            await upload.CheckAsync();
        return (error, calls, reads);
    }
}

/// <summary>An upload that is overwritten while a stage processes it.</summary>
/// <param name="DeliverAsync">Runs the stage for the upload's event.</param>
/// <param name="IsRead">Whether the response to the call contains upload content.</param>
/// <param name="Overwrite">Uploads the new content.</param>
/// <param name="CheckAsync">Checks that no result mixes both contents and that the next delivery produces the new content's result.</param>
/// <param name="Owner">Disposed at the end.</param>
public sealed record UploadUnderTrial(Func<Task> DeliverAsync, Func<Request, bool> IsRead, Action Overwrite, Func<Task> CheckAsync, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
