using System.Net;
using System.Net.Sockets;

namespace ImdbPipeline.Testing.Faults;

/// <summary>A TCP proxy to a local port that can be cut, even in the middle of a message, and restored.</summary>
public sealed class InterruptibleProxy : IAsyncDisposable
{
    private readonly IPEndPoint target;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock gate = new();
    private readonly HashSet<Socket> open = [];
    private readonly Task accepting;
    private TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long remaining = long.MaxValue;

    public InterruptibleProxy(int targetPort)
    {
        target = new IPEndPoint(IPAddress.Loopback, targetPort);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Closes all connections, and every new one immediately, once this many more bytes have passed.</summary>
    /// <returns>Completes when the proxy is cut.</returns>
    public Task CutAfterAsync(long bytes)
    {
        lock (gate)
        {
            cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            remaining = bytes;
            if (bytes <= 0)
                Cut();
            return cut.Task;
        }
    }

    public void Restore()
    {
        lock (gate)
            remaining = long.MaxValue;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        lock (gate)
            Cut();
        await accepting;
    }

    private void Cut()
    {
        remaining = 0;
        foreach (var socket in open)
            socket.Close(timeout: 0);
        open.Clear();
        cut.TrySetResult();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ConnectAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was disposed.
        }
    }

    private async Task ConnectAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (near)
        using (far)
        {
            lock (gate)
            {
                if (remaining <= 0)
                {
                    near.Close(timeout: 0);
                    return;
                }
                open.Add(near);
                open.Add(far);
            }
            try
            {
                await far.ConnectAsync(target);
                await Task.WhenAny(ForwardAsync(near, far), ForwardAsync(far, near));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Cut, or closed by either end.
            }
            lock (gate)
            {
                open.Remove(near);
                open.Remove(far);
            }
        }
    }

    private async Task ForwardAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                if (!TryPass(read))
                    return;
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or closed by either end.
        }
    }

    private bool TryPass(int bytes)
    {
        lock (gate)
        {
            if (remaining == long.MaxValue)
                return true;
            if ((remaining -= bytes) <= 0)
                Cut();
            return remaining > 0;
        }
    }
}
