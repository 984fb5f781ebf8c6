using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace ImdbPipeline.Trainer;

/// <summary>
/// Watches the parent process through standard input: the parent keeps the pipe open, so the pipe closes when the parent exits or
/// is killed.
/// </summary>
internal static class ParentProcess
{
    /// <summary>Environment variable; <c>true</c> if the parent keeps the pipe open.</summary>
    private const string Setting = "EndWithStandardInput";

    /// <summary>The time a container has to stop after SIGTERM.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>If enabled by the setting, stops this process when its parent exits, and kills it if it does not stop in time.</summary>
    public static void Watch(IConfiguration settings, CancellationTokenSource stopping)
    {
        if (settings[Setting] == "true")
            _ = Task.Factory.StartNew(() => StopWithParentAsync(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static async Task StopWithParentAsync(CancellationTokenSource stopping)
    {
        // Blocks this dedicated thread until the pipe is closed.
        await using (var input = Console.OpenStandardInput())
            input.CopyTo(Stream.Null);
        await stopping.CancelAsync();
        await Task.Delay(Grace);
        Process.GetCurrentProcess().Kill();
    }
}
