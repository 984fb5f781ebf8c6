using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ImdbPipeline.Core.Storage;

/// <summary>Turns a bare <see cref="SocketException"/> into an <see cref="IOException"/>, which the SDK retries.</summary>
/// <remarks>A connection that is reset while connecting causes such a bare exception.</remarks>
internal sealed class SocketErrorPolicy : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
