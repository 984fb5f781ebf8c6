using System.Diagnostics;

namespace ImdbPipeline.Trainer;

/// <summary>
/// The process that started this one and holds the other end of its standard input: the pipe closes with that process,
/// however it ends.
/// </summary>
internal static class ParentProcess
{
    /// <summary><c>true</c> where the starting process holds such a pipe.</summary>
    private const string Setting = "EndWithStandardInput";

    /// <summary>As long as a container has after SIGTERM.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Where the setting asks for it, stops this process when the one that started it has ended, and kills it where it does not stop.</summary>
    public static void Watch(Func<string, string?> setting, CancellationTokenSource stopping)
    {
        if (setting(Setting) == "true")
            _ = Task.Factory.StartNew(() => OutliveAsync(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static async Task OutliveAsync(CancellationTokenSource stopping)
    {
        // Blocks a thread of its own until the pipe is closed.
        await using (var input = Console.OpenStandardInput())
            input.CopyTo(Stream.Null);
        await stopping.CancelAsync();
        await Task.Delay(Grace);
        Process.GetCurrentProcess().Kill();
    }
}
