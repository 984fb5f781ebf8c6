using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ImdbPipeline.LocalHost.Trainers;

/// <summary>Asks a process to terminate, which .NET has no API for.</summary>
internal static partial class Signals
{
    private const int Sigterm = 15;

    /// <summary>Sends SIGTERM; on Windows, which has no SIGTERM, kills the process tree.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        else
            _ = Kill(process.Id, Sigterm); // Fails only if the process has already exited.
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
