using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>Defaults for the environment variables that torch's native libraries read; values set by the user win.</summary>
internal static partial class TorchEnvironment
{
    // The libraries read them when loaded or first used. Environment.SetEnvironmentVariable does not change the native environment.
#pragma warning disable CA2255 // Must run before torch is loaded, in any program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Waiting threads sleep instead of spinning. Spinning more than doubles the time of a training step when other processes
        // run (650 ms instead of 260 ms on two busy cores). A few microseconds of it save more than they cost: a step of a MiniLM
        // takes 0.98 s instead of 1.08 s on two idle cores, and 1.92 s instead of 1.80 s beside another training.
        _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        _ = SetEnvironmentVariable("GOMP_SPINCOUNT", "1000", overwrite: 0);
        // On Hopper GPUs torch prefers cuDNN attention for bfloat16. It builds a plan for each new shape, and packed batches keep
        // having new shapes: 2 steps per second instead of 30 in float32 on an H200. The flash kernel needs no plans.
        _ = SetEnvironmentVariable("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1", overwrite: 0);
    }

    /// <summary>Keeps torch's warnings off the error stream.</summary>
    internal static void HideWarnings()
    {
        const int Errors = 2;
        // The variable TORCH_CPP_LOG_LEVEL is read by Python programs only.
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc10.so", out var library) && NativeLibrary.TryGetExport(library, "FLAGS_caffe2_log_level", out var level))
            Marshal.WriteInt32(level, Errors);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
