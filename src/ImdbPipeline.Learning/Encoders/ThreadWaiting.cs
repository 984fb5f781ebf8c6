using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>
/// Lets torch's threads sleep while they wait for each other. By default they spin, which doubles the time of a training
/// step as soon as anything else runs on the machine (650 ms against 260 ms on two busy cores).
/// </summary>
internal static partial class ThreadWaiting
{
    // libgomp reads the variable when it is loaded, with torch; the runtime's own SetEnvironmentVariable does not reach it.
#pragma warning disable CA2255 // Nothing of torch may be touched before, by whichever program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Sleep()
    {
        if (OperatingSystem.IsLinux())
            _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
