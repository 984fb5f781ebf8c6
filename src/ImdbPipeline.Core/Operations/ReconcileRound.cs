using ImdbPipeline.Core.Foundation;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>One reconciliation round: a failure does not stop the others, and all failures are reported at the end.</summary>
public sealed class ReconcileRound(int maxPerRound, ILogger log)
{
    private readonly List<Exception> failures = [];
    private int remaining = maxPerRound;

    /// <returns>False once the round has reached its limit.</returns>
    public async Task<bool> TryAsync(string subject, Func<CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        try
        {
            await handle(cancellationToken);
        }
        catch (InputRejectedException e)
        {
            // A rejection is a valid result, and the handler has recorded the reason.
            log.ReconciledRejection(subject, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.ReconcileFailed(e, subject);
            failures.Add(e);
        }
        return --remaining > 0;
    }

    /// <returns>What the check returns; false if it finds a damaged record, which is reported as a failure and does not stop the round.</returns>
    public async Task<bool> CheckAsync(string subject, Func<CancellationToken, Task<bool>> check, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(check);
        try
        {
            return await check(cancellationToken);
        }
        catch (InvalidDataException e)
        {
            log.ReconcileFailed(e, subject);
            failures.Add(e);
            return false;
        }
    }

    /// <exception cref="AggregateException">Some uploads, plans or runs could not be reconciled; the next round retries them.</exception>
    public void Finish()
    {
        if (failures.Count > 0)
            throw new AggregateException($"{failures.Count} uploads, plans or runs could not be reconciled; the next round retries them.", failures);
    }
}
