using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.EndToEnd.Tests.Telemetry;

/// <summary>
/// An OTLP/HTTP collector that keeps what it receives. Of the messages of opentelemetry-proto 1.x it reads only the fields
/// used here.
/// </summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpCollector(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    public ConcurrentQueue<CollectedSpan> Spans { get; } = new();

    public ConcurrentQueue<CollectedLine> Lines { get; } = new();

    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    /// <summary>Settings that make a program send its telemetry here.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public static async Task<OtlpCollector> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var collector = new OtlpCollector(builder.Build());
        collector.app.MapPost("/v1/traces", request => ReceiveAsync(request, collector.KeepSpans));
        collector.app.MapPost("/v1/logs", request => ReceiveAsync(request, collector.KeepLines));
        collector.app.MapPost("/v1/metrics", request => ReceiveAsync(request, collector.KeepMetrics));
        await collector.app.StartAsync(cancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task ReceiveAsync(HttpContext context, Action<Fields> keep)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        // For each signal, a request is a list with one entry per resource.
        foreach (var resource in Fields.Of(body.ToArray())[1])
            keep(Fields.Of(resource));
        context.Response.ContentType = "application/x-protobuf";
    }

    private void KeepSpans(Fields resource)
    {
        var service = Attributes(Fields.Of(resource[1].Single())[1])["service.name"];
        foreach (var span in resource[2].SelectMany(scope => Fields.Of(scope)[2]).Select(Fields.Of))
            Spans.Enqueue(new CollectedSpan(
                service, Hex(span[1].Single()), Hex(span[2].Single()), span[4].Select(Hex).SingleOrDefault(""), Text(span[5].Single()), Attributes(span[9])));
    }

    private void KeepLines(Fields resource)
    {
        foreach (var line in resource[2].SelectMany(scope => Fields.Of(scope)[2]).Select(Fields.Of))
            Lines.Enqueue(new CollectedLine(line[9].Select(Hex).SingleOrDefault(""), Value(line[5].Single())));
    }

    private void KeepMetrics(Fields resource)
    {
        foreach (var metric in resource[2].SelectMany(scope => Fields.Of(scope)[2]).Select(Fields.Of))
            Metrics[Text(metric[1].Single())] = true;
    }

    private static Dictionary<string, string> Attributes(IEnumerable<ByteString> pairs) =>
        pairs.Select(Fields.Of).ToDictionary(pair => Text(pair[1].Single()), pair => Value(pair[2].Single()));

    private static string Value(ByteString any) => Fields.Of(any)[1].Select(Text).SingleOrDefault("");

    private static string Text(ByteString bytes) => bytes.ToString(Encoding.UTF8);

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    /// <summary>The string, bytes and message fields of a message, by field number.</summary>
    private sealed class Fields
    {
        private readonly Dictionary<int, List<ByteString>> values = [];

        public IReadOnlyList<ByteString> this[int number] => values.TryGetValue(number, out var found) ? found : [];

        public static Fields Of(ByteString message) => Of(message.ToByteArray());

        public static Fields Of(byte[] message)
        {
            var fields = new Fields();
            using var input = new CodedInputStream(message);
            while (input.ReadTag() is not 0 and var tag)
            {
                if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
                    input.SkipLastField();
                else if (fields.values.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var present))
                    present.Add(input.ReadBytes());
                else
                    fields.values[WireFormat.GetTagFieldNumber(tag)] = [input.ReadBytes()];
            }
            return fields;
        }
    }
}

/// <param name="Parent">Empty for a root span.</param>
/// <param name="Attributes">Values of string attributes; empty for other types.</param>
internal sealed record CollectedSpan(string Service, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes);

/// <param name="Trace">Empty outside any trace.</param>
internal sealed record CollectedLine(string Trace, string Body);
