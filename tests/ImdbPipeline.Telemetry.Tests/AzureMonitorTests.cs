using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using ImdbPipeline.Core;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Core.Telemetry;
using ImdbPipeline.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Telemetry.Tests;

/// <summary>The real exporter against a mock of the Azure Monitor ingestion endpoint that accepts everything.</summary>
[Slow]
public sealed class AzureMonitorTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_run_and_a_poison_message_arrive_as_the_metrics_that_the_alerts_query_with_span_and_log_record()
    {
        var received = new ConcurrentQueue<JsonElement>();
        await using var ingestion = await StartAsync(received);
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await PoisonAsync(ingestion.Urls.First(), Trace);

        var metrics = received.Where(item => item.GetProperty("data").GetProperty("baseType").GetString() == "MetricData")
            .Select(item => item.GetProperty("data").GetProperty("baseData")).ToList();
        Assert.Equal("training-jobs-poison", Property(Named(PipelineTelemetry.PoisonMessages), "imdb.queue"));
        Assert.Equal("failed", Property(Named(PipelineTelemetry.RunsEnded), "imdb.run.state"));
        Assert.Contains(OfTheTrace("RequestData"), item => item.Contains("\"GiveUp\"", StringComparison.Ordinal));
        Assert.Contains(OfTheTrace("MessageData"), item => item.Contains("Poison message in", StringComparison.Ordinal));

        IEnumerable<string> OfTheTrace(string type) => received.Select(item => item.GetRawText())
            .Where(item => item.Contains($"\"{type}\"", StringComparison.Ordinal) && item.Contains(Trace, StringComparison.Ordinal));

        JsonElement Named(string name) => metrics.Single(metric => metric.GetProperty("metrics")[0].GetProperty("name").GetString() == name);

        static string? Property(JsonElement metric, string name) => metric.GetProperty("properties").GetProperty(name).GetString();
    }

    private async Task PoisonAsync(string endpoint, string trace)
    {
        var settings = TestSettings.Of(("APPLICATIONINSIGHTS_CONNECTION_STRING", $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={endpoint}/;LiveEndpoint={endpoint}/"));
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information));
        services.AddSingleton(settings);
        services.AddPipelineTelemetry("imdb-test", settings);
        services.AddImdbPipeline(azurite.NewAccount());
        await using var pipeline = services.BuildServiceProvider();
        pipeline.StartTelemetry();
        await pipeline.GetRequiredService<PipelineStorage>().EnsureCreatedAsync(Cancellation);
        const string Run = "20260101-000000-aa";
        await pipeline.GetRequiredService<RunStore>().CreateAsync(
            new RunRecord { Run = Run, State = RunState.Training, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        await pipeline.GetRequiredService<PoisonHandler>().HandleAsync(
            StorageLayout.TrainingJobsPoisonQueue,
            new QueueDelivery("m", DateTimeOffset.UnixEpoch, $$"""{"run": "{{Run}}", "traceparent": "00-{{trace}}-b7ad6b7169203331-01"}"""), Cancellation);
    }

    private static async Task<WebApplication> StartAsync(ConcurrentQueue<JsonElement> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            Stream body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
            using var reader = new StreamReader(body);
            var items = 0;
            while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
            {
                items++;
                received.Enqueue(JsonDocument.Parse(line).RootElement);
            }
            await context.Response.WriteAsync($$"""{"itemsReceived": {{items}}, "itemsAccepted": {{items}}, "errors": []}""", context.RequestAborted);
        });
        await app.StartAsync(Cancellation);
        return app;
    }
}
