using System.Diagnostics;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Telemetry;

/// <summary>Runs a stage in a span and records its duration, without changing what the work returns or throws.</summary>
public static class Stage
{
    private const string Done = "done";

    /// <summary>Runs a stage that was started by a message or a blob.</summary>
    /// <param name="name">Same as the trigger's name, if it has one.</param>
    /// <param name="cause">Trace context of the message or blob; see <see cref="TraceContext"/>.</param>
    /// <param name="work">Receives the span to add tags.</param>
    public static async Task<T> RunAsync<T>(string name, ActivityContext cause, Func<Activity, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var span = Begin(name, cause);
        var outcome = Done;
        try
        {
            return await work(span);
        }
        catch (Exception e)
        {
            outcome = Failed(span, e);
            throw;
        }
        finally
        {
            End(span, name, outcome);
        }
    }

    /// <inheritdoc cref="RunAsync{T}(string, ActivityContext, Func{Activity, Task{T}})"/>
    public static Task RunAsync(string name, ActivityContext cause, Func<Activity, Task> work) =>
        RunAsync<object?>(name, cause, async span =>
        {
            await work(span);
            return null;
        });

    /// <summary>Runs a part of the current stage.</summary>
    public static Task<T> RunAsync<T>(string name, Func<Activity, Task<T>> work) => RunAsync(name, default, work);

    /// <inheritdoc cref="RunAsync{T}(string, Func{Activity, Task{T}})"/>
    public static Task RunAsync(string name, Func<Activity, Task> work) => RunAsync(name, default, work);

    /// <inheritdoc cref="RunAsync{T}(string, Func{Activity, Task{T}})"/>
    public static T Run<T>(string name, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var span = Begin(name, default);
        var outcome = Done;
        try
        {
            return work();
        }
        catch (Exception e)
        {
            outcome = Failed(span, e);
            throw;
        }
        finally
        {
            End(span, name, outcome);
        }
    }

    private static Activity Begin(string name, ActivityContext cause)
    {
        if (cause == default)
            return PipelineTelemetry.Source.StartActivity(name) ?? StartUnobserved(name, cause);

        // The host creates its own span for a delivery; link to it if it belongs to another trace.
        ActivityLink[] links = Activity.Current is { } host && host.TraceId != cause.TraceId ? [new ActivityLink(host.Context)] : [];
        return PipelineTelemetry.Source.StartActivity(name, ActivityKind.Consumer, cause, links: links) ?? StartUnobserved(name, cause);
    }

    // Without listeners StartActivity returns null, but the trace id must still be propagated.
    private static Activity StartUnobserved(string name, ActivityContext cause)
    {
        var span = new Activity(name);
        if (cause != default)
            span.SetParentId(cause.TraceId, cause.SpanId, cause.TraceFlags);
        span.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        return span.Start();
    }

    private static string Failed(Activity span, Exception e)
    {
        if (e is OperationCanceledException)
            return "stopped";
        span.SetStatus(ActivityStatusCode.Error, e.Message);
        span.AddException(e);
        return e is InputRejectedException ? "refused" : "failed";
    }

    private static void End(Activity span, string name, string outcome)
    {
        span.SetTag("imdb.outcome", outcome);
        span.Stop();
        PipelineTelemetry.RecordStage(name, outcome, span.Duration);
    }
}
