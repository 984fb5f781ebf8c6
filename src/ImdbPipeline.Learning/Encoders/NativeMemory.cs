using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Keeps resident memory flat, and tensors' memory at hand.</summary>
internal static partial class NativeMemory
{
    // glibc's malloc.h.
    internal const int TrimThreshold = -1, TopPad = -2, MappingThreshold = -3, MostMappings = -4, MostArenas = -8;
    private const int TopPadBytes = 64 << 20;

    /// <summary>Native tensors are invisible to the collector, so it is asked now and then.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>
    /// Lets malloc keep what tensors leave behind. By default it hands every large block back and fetches fresh pages for the
    /// next layer's, which can cost as much time as the matrix product that fills them.
    /// </summary>
#pragma warning disable CA2255 // Before torch's first tensor, by whichever program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Hold() => Set((MostArenas, 1), (MostMappings, 0), (TrimThreshold, int.MaxValue), (TopPad, TopPadBytes));

    /// <exception cref="InvalidOperationException">malloc does not take a setting.</exception>
    internal static void Set(params (int Setting, int Value)[] settings)
    {
        // Alpine's musl has another allocator, and no such settings.
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
            return;
        foreach (var (setting, value) in settings)
            if (SetOption(setting, value) == 0)
                throw new InvalidOperationException($"mallopt({setting}, {value}): expected it accepted, found it refused. Report this machine's C library.");
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int setting, int value);
}
