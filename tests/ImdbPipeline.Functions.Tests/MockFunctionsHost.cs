using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using ImdbPipeline.Functions.Tests.Messages;
using ImdbPipeline.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using static ImdbPipeline.Functions.Tests.Messages.StreamingMessage;

namespace ImdbPipeline.Functions.Tests;

/// <summary>
/// A mock of the Functions host: it starts the real worker as the host does, loads its functions and invokes them through the
/// host's own protocol. It watches no triggers: tests decide what to invoke.
/// </summary>
internal sealed class MockFunctionsHost : IAsyncDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private readonly WebApplication server;
    private readonly RunningProgram worker;
    private readonly WorkerChannel channel;
    private readonly HttpClient http = new();
    private readonly Dictionary<string, RpcFunctionMetadata> functions = [];

    private MockFunctionsHost(WebApplication server, RunningProgram worker, WorkerChannel channel) =>
        (this.server, this.worker, this.channel) = (server, worker, channel);

    public IEnumerable<string> Functions => functions.Keys;

    /// <param name="app">Folder of the published app.</param>
    /// <param name="settings">Settings of the app; only the host's own are added.</param>
    public static async Task<MockFunctionsHost> StartAsync(string app, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var channel = new WorkerChannel();
        var server = await ServeAsync(channel, cancellationToken);
        var uri = new Uri(server.Urls.Single());
        using var description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(app, "worker.config.json"), cancellationToken));
        var program = description.RootElement.GetProperty("description").GetProperty("defaultWorkerPath").GetString()!;
        string[] command =
        [
            "dotnet", program, "--host", uri.Host, "--port", $"{uri.Port}", "--workerId", "worker", "--requestId", "request", "--grpcMaxMessageLength", $"{int.MaxValue}",
            "--functions-uri", uri.AbsoluteUri, "--functions-worker-id", "worker", "--functions-request-id", "request", "--functions-grpc-max-message-length", $"{int.MaxValue}",
        ];
        var environment = new Dictionary<string, string>(settings) { ["FUNCTIONS_APPLICATION_DIRECTORY"] = app };
        var host = new MockFunctionsHost(server, RunningProgram.StartIsolated(app, command, environment), channel);
        try
        {
            await host.LoadAsync(app, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fires a blob trigger.</summary>
    public Task<string> BlobAsync(string function, string container, string name) =>
        InvokeAsync(function, Reference("AzureStorageBlobs", new { Connection = "AzureWebJobsStorage", ContainerName = container, BlobName = name }), metadata: new() { ["name"] = name });

    /// <summary>Fires a queue trigger whose function binds the whole message.</summary>
    /// <param name="message">With its text as it is in storage: the host does not decode it.</param>
    public Task<string> MessageAsync(string function, Azure.Storage.Queues.Models.QueueMessage message) =>
        InvokeAsync(function, Reference("AzureStorageQueues", message));

    /// <summary>Fires a queue trigger whose function binds only the body.</summary>
    public Task<string> BodyAsync(string function, string body) => InvokeAsync(function, new TypedData { String = body });

    /// <summary>Fires a timer trigger.</summary>
    public Task<string> TimerAsync(string function) => InvokeAsync(function, new TypedData { Json = """{"Schedule": {"AdjustForDST": true}, "ScheduleStatus": null, "IsPastDue": false}""" });

    /// <summary>Fires an HTTP trigger: the host notifies the worker of the invocation, and the host's proxy forwards the request.</summary>
    public async Task<(HttpStatusCode Status, string Body)> RequestAsync(string function, HttpMethod method, string path, string? body = null)
    {
        var invocation = Guid.NewGuid().ToString();
        var notified = InvokeAsync(function, new TypedData { Http = new RpcHttp { Method = method.Method, Url = "http://localhost" + path } }, invocation);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Add(InvocationHeader, invocation);
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("", await notified);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await worker.DisposeAsync();
        await server.DisposeAsync();
    }

    private static async Task<WebApplication> ServeAsync(WorkerChannel channel, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore().AddSingleton(channel).AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        var server = builder.Build();
        server.MapGrpcService<WorkerChannel>();
        await server.StartAsync(cancellationToken);
        return server;
    }

    private async Task LoadAsync(string app, CancellationToken cancellationToken)
    {
        await AnswerAsync(channel.GreetingAsync(), cancellationToken);
        var initialized = (await AnswerAsync(
            channel.AskAsync(new StreamingMessage { WorkerInitRequest = new WorkerInitRequest { HostVersion = "4.0.0", WorkerDirectory = app, FunctionAppDirectory = app } }, ContentOneofCase.WorkerInitResponse),
            cancellationToken)).WorkerInitResponse;
        Assert.Equal("", Failure(initialized.Result));
        http.BaseAddress = new Uri(initialized.Capabilities["HttpUri"]);
        var indexed = (await AnswerAsync(
            channel.AskAsync(new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = app } }, ContentOneofCase.FunctionMetadataResponse),
            cancellationToken)).FunctionMetadataResponse;
        Assert.Equal("", Failure(indexed.Result));
        foreach (var function in indexed.FunctionMetadataResults)
        {
            var request = new StreamingMessage { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function } };
            Assert.Equal("", Failure((await AnswerAsync(channel.AskAsync(request, ContentOneofCase.FunctionLoadResponse, function.FunctionId), cancellationToken)).FunctionLoadResponse.Result));
            functions.Add(function.Name, function);
        }
    }

    /// <returns>The error message; empty on success.</returns>
    private async Task<string> InvokeAsync(string function, TypedData data, string? invocation = null, Dictionary<string, string>? metadata = null)
    {
        var description = functions[function];
        var request = new InvocationRequest { InvocationId = invocation ?? Guid.NewGuid().ToString(), FunctionId = description.FunctionId, TraceContext = new RpcTraceContext { TraceParent = Span() } };
        request.InputData.Add(new ParameterBinding { Name = Trigger(description), Data = data });
        foreach (var (name, value) in metadata ?? [])
            request.TriggerMetadata.Add(name, new TypedData { String = value });
        var answer = await AnswerAsync(
            channel.AskAsync(new StreamingMessage { InvocationRequest = request }, ContentOneofCase.InvocationResponse, request.InvocationId), TestContext.Current.CancellationToken);
        return Failure(answer.InvocationResponse.Result);
    }

    /// <summary>Waits for an answer; throws with the worker's output if the worker exits first.</summary>
    private async Task<StreamingMessage> AnswerAsync(Task<StreamingMessage> answer, CancellationToken cancellationToken)
    {
        var exited = worker.EndAsync();
        return await Task.WhenAny(answer, exited).WaitAsync(cancellationToken) == answer ? await answer : throw new InvalidOperationException($"The worker exited with code {await exited}: {worker.Output}");
    }

    /// <summary>A new trace for each invocation, as in the real host.</summary>
    private static string Span() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

    private static string Trigger(RpcFunctionMetadata function) =>
        function.RawBindings.Select(text => JsonDocument.Parse(text).RootElement).Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal))
            .GetProperty("name").GetString()!;

    private static TypedData Reference<T>(string source, T content) => new()
    {
        ModelBindingData = new ModelBindingData { Version = "1.0", Source = source, ContentType = "application/json", Content = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(content)) },
    };

    private static string Failure(StatusResult result) => result.Status == StatusResult.Types.Status.Success ? "" : result.Exception?.Message ?? $"{result.Status}";
}
