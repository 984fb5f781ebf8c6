using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ImdbPipeline.LocalHost.Training;

/// <summary>Asks a process to end, which .NET offers no call for.</summary>
internal static partial class Signals
{
    private const int Sigterm = 15;

    /// <summary>Sends SIGTERM; on Windows, which has none, the process tree is ended at once.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        else
            _ = Kill(process.Id, Sigterm); // Fails only where the process has ended already.
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
