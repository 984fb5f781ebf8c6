using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using ImdbPipeline.Functions.Tests.Messages;
using Content = ImdbPipeline.Functions.Tests.Messages.StreamingMessage.ContentOneofCase;

namespace ImdbPipeline.Functions.Tests;

/// <summary>The host's end of the stream between host and worker.</summary>
internal sealed class WorkerChannel : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> questions = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<(Content Kind, string About), TaskCompletionSource<StreamingMessage>> answers = new();

    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var asking = AskAllAsync(responseStream, context.CancellationToken);
        while (await requestStream.MoveNext(context.CancellationToken))
            Awaited(requestStream.Current.ContentCase, About(requestStream.Current)).TrySetResult(requestStream.Current);
        questions.Writer.TryComplete();
        await asking;
    }

    /// <summary>The first message of the worker, sent without a request.</summary>
    public Task<StreamingMessage> GreetingAsync() => Awaited(Content.StartStream, "").Task;

    /// <param name="answer">The kind of message expected as the answer.</param>
    /// <param name="about">ID of the function or invocation that both messages carry; empty if they carry none.</param>
    public Task<StreamingMessage> AskAsync(StreamingMessage question, Content answer, string about = "")
    {
        Assert.True(questions.Writer.TryWrite(question), "the worker has disconnected");
        return Awaited(answer, about).Task;
    }

    private async Task AskAllAsync(IServerStreamWriter<StreamingMessage> worker, CancellationToken disconnected)
    {
        await foreach (var question in questions.Reader.ReadAllAsync(disconnected))
            await worker.WriteAsync(question, disconnected);
    }

    private TaskCompletionSource<StreamingMessage> Awaited(Content kind, string about) =>
        answers.GetOrAdd((kind, about), _ => new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously));

    private static string About(StreamingMessage message) => message.ContentCase switch
    {
        Content.FunctionLoadResponse => message.FunctionLoadResponse.FunctionId,
        Content.InvocationResponse => message.InvocationResponse.InvocationId,
        _ => "",
    };
}
