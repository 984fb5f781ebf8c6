using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using ImdbPipeline.EndToEnd.Tests.Functions.Messages;
using Content = ImdbPipeline.EndToEnd.Tests.Functions.Messages.StreamingMessage.ContentOneofCase;

namespace ImdbPipeline.EndToEnd.Tests.Functions;

/// <summary>The host's end of the one stream between it and a worker.</summary>
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

    /// <summary>What the worker says by itself when it has come.</summary>
    public Task<StreamingMessage> GreetingAsync() => Awaited(Content.StartStream, "").Task;

    /// <param name="answer">The kind of message that answers.</param>
    /// <param name="about">The function or the invocation that both are about; empty where there is only one.</param>
    public Task<StreamingMessage> AskAsync(StreamingMessage question, Content answer, string about = "")
    {
        Assert.True(questions.Writer.TryWrite(question), "the worker has left");
        return Awaited(answer, about).Task;
    }

    private async Task AskAllAsync(IServerStreamWriter<StreamingMessage> worker, CancellationToken left)
    {
        await foreach (var question in questions.Reader.ReadAllAsync(left))
            await worker.WriteAsync(question, left);
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
