using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>What torch's libraries are told by environment variables, where the user has not set them.</summary>
internal static partial class TorchEnvironment
{
    // They are read when the libraries are loaded or first used; the runtime's own SetEnvironmentVariable does not reach them.
#pragma warning disable CA2255 // Nothing of torch may be touched before, by whichever program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Threads that wait for each other sleep: spinning doubles the time of a training step as soon as anything else runs
        // on the machine (650 ms against 260 ms on two busy cores).
        _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        // On Hopper torch would prefer cuDNN's attention for bfloat16, which makes a plan for every new shape, and packed batches
        // are of ever new shapes: 2 steps a second against 30 in float32 on an H200. The flash kernel needs no plans.
        _ = SetEnvironmentVariable("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
