using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ImdbPipeline.Core.Storage;

/// <summary>
/// A connection that is reset just as it is made comes up as a bare <see cref="SocketException"/>, which the SDK does not try
/// again; as the <see cref="IOException"/> of any other broken connection it does.
/// </summary>
internal sealed class BrokenConnection : HttpPipelinePolicy
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
