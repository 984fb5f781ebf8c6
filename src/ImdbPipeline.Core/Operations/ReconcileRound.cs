using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Core.Operations;

/// <summary>One round of reconciling: one upload's failure does not keep the others waiting, and none is hidden.</summary>
public sealed class ReconcileRound(int mostAtOnce, ILogger log)
{
    private readonly List<Exception> failures = [];
    private int left = mostAtOnce;

    /// <returns>False once the round has done as much as it may.</returns>
    public async Task<bool> TryAsync(string subject, Func<CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        try
        {
            await handle(cancellationToken);
        }
        catch (InputRejectedException e)
        {
            // The handler has recorded why; a refusal is a result.
            log.ReconciledRefusal(subject, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.ReconcileFailed(e, subject);
            failures.Add(e);
        }
        return --left > 0;
    }

    /// <summary>Looks whether something was missed. Where the record that says so is damaged, the others are still looked at.</summary>
    public async Task<bool> IsMissedAsync(string subject, Func<CancellationToken, Task<bool>> look, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(look);
        try
        {
            return await look(cancellationToken);
        }
        catch (InvalidDataException e)
        {
            log.ReconcileFailed(e, subject);
            failures.Add(e);
            return false;
        }
    }

    /// <exception cref="AggregateException">Something could not be made up for; the next round tries again.</exception>
    public void Finish()
    {
        if (failures.Count > 0)
            throw new AggregateException($"{failures.Count} uploads could not be reconciled; the next round tries again.", failures);
    }
}
