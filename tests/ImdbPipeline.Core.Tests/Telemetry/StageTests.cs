using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Telemetry;

/// <summary>Checks spans and measurements as listeners see them; filters by trace id to ignore other tests.</summary>
[Slow]
public sealed class StageTests(AzuriteFixture azurite) : IDisposable
{
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly List<Activity> spans = [];
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> measured = [];
    private ActivityListener? tracer;
    private MeterListener? meter;

    private ActivityContext ParentContext => new(trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    public void Dispose()
    {
        tracer?.Dispose();
        meter?.Dispose();
    }

    [Fact]
    public async Task A_stage_returns_the_result_of_its_work_and_its_span_continues_the_given_trace()
    {
        Listen();
        var cause = ParentContext;
        Assert.Equal(7, await Stage.RunAsync("outer", cause, async _ => await Stage.RunAsync("inner", _ => Task.FromResult(7))));

        var (inner, outer) = (spans.Single(span => span.OperationName == "inner"), spans.Single(span => span.OperationName == "outer"));
        Assert.Equal((cause.SpanId, outer.SpanId), (outer.ParentSpanId, inner.ParentSpanId));
        Assert.Null(Activity.Current);
    }

    [Theory]
    [InlineData(typeof(IOException), "failed", ActivityStatusCode.Error)]
    [InlineData(typeof(InputRejectedException), "refused", ActivityStatusCode.Error)]
    [InlineData(typeof(OperationCanceledException), "stopped", ActivityStatusCode.Unset)]
    public async Task An_exception_is_rethrown_and_recorded_as_the_outcome(Type type, string outcome, ActivityStatusCode status)
    {
        Listen();
        var thrown = type == typeof(InputRejectedException) ? new InputRejectedException(ErrorRules.SettingInvalid, "subject", "one", "another", "Correct it.") : (Exception)Activator.CreateInstance(type)!;
        Assert.Same(thrown, await Assert.ThrowsAnyAsync<Exception>(() => Stage.RunAsync("throwing", ParentContext, _ => throw thrown)));

        var span = Assert.Single(spans);
        Assert.Equal((outcome, status), (span.GetTagItem("imdb.outcome"), span.Status));
    }

    [Fact]
    public async Task Without_listeners_the_trace_is_still_propagated()
    {
        var cause = new ActivityContext(trace, default, ActivityTraceFlags.None, isRemote: true);
        var current = await Stage.RunAsync("unobserved", cause, _ => Task.FromResult(TraceContext.Current));
        Assert.True(ActivityContext.TryParse(current, null, out var propagated));
        Assert.Equal((trace, ActivityTraceFlags.Recorded), (propagated.TraceId, propagated.TraceFlags));
        Assert.NotEqual(default, propagated.SpanId);
    }

    [Fact]
    public async Task The_span_of_a_stage_links_to_the_span_of_its_host()
    {
        Listen();
        using var host = new Activity("host").Start();
        await Stage.RunAsync("hosted", ParentContext, _ => Task.CompletedTask);
        Assert.Equal(host.Context, Assert.Single(Assert.Single(spans).Links).Context);
    }

    [Fact]
    public async Task A_poison_message_and_its_failed_run_are_counted_once_even_if_redelivered()
    {
        Listen();
        await using var pipeline = await PipelineUnderTest.StartAsync(azurite);
        const string Run = "20260101-000000-aa";
        await pipeline.Get<RunStore>().CreateAsync(
            new RunRecord { Run = Run, State = RunState.Training, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch }, TestContext.Current.CancellationToken);
        var body = $$"""{"run": "{{Run}}", "traceparent": "00-{{trace}}-b7ad6b7169203331-01"}""";
        for (var delivery = 0; delivery < 3; delivery++)
            await pipeline.Get<PoisonHandler>().HandleAsync(
                StorageLayout.TrainingJobsPoisonQueue, new QueueDelivery("m", DateTimeOffset.UnixEpoch, body), TestContext.Current.CancellationToken);

        var poisonMessage = Assert.Single(measured, measurement => measurement.Name == PipelineTelemetry.PoisonMessages);
        Assert.Equal(StorageLayout.TrainingJobsPoisonQueue, poisonMessage.Tags["imdb.queue"]);
        var ended = Assert.Single(measured, measurement => measurement.Name == PipelineTelemetry.RunsEnded);
        Assert.Equal("failed", ended.Tags["imdb.run.state"]);
    }

    private void Listen()
    {
        tracer = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(tracer);
        meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == PipelineTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (Activity.Current?.TraceId == trace)
                measured.Add((instrument.Name, value, tags.ToArray().ToDictionary()));
        });
        meter.Start();
    }
}
