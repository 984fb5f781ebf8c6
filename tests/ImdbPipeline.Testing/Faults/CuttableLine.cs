using System.Net;
using System.Net.Sockets;

namespace ImdbPipeline.Testing.Faults;

/// <summary>A TCP line to one port of this machine that can be cut, also in the middle of a message, and mended.</summary>
public sealed class CuttableLine : IAsyncDisposable
{
    private readonly IPEndPoint target;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock gate = new();
    private readonly HashSet<Socket> open = [];
    private readonly Task accepting;
    private TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long left = long.MaxValue;

    public CuttableLine(int targetPort)
    {
        target = new IPEndPoint(IPAddress.Loopback, targetPort);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Ends every connection, and each new one at once, as soon as so many more bytes have passed.</summary>
    /// <returns>Ends when it is cut.</returns>
    public Task CutAfterAsync(long bytes)
    {
        lock (gate)
        {
            cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            left = bytes;
            if (bytes <= 0)
                Cut();
            return cut.Task;
        }
    }

    public void Mend()
    {
        lock (gate)
            left = long.MaxValue;
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
        left = 0;
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
            // Disposed: the line is gone.
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
                if (left <= 0)
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
                await Task.WhenAny(CarryAsync(near, far), CarryAsync(far, near));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Cut, or hung up by either end.
            }
            lock (gate)
            {
                open.Remove(near);
                open.Remove(far);
            }
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                if (!MayPass(read))
                    return;
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or hung up by either end.
        }
    }

    private bool MayPass(int bytes)
    {
        lock (gate)
        {
            if (left == long.MaxValue)
                return true;
            if ((left -= bytes) <= 0)
                Cut();
            return left > 0;
        }
    }
}
