using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>Tunes malloc and garbage collection for tensors: resident memory stays flat and freed blocks are reused.</summary>
internal static partial class NativeMemory
{
    // Values from glibc's malloc.h.
    internal const int TrimThreshold = -1, TopPad = -2, MappingThreshold = -3, MaxMappings = -4, MaxArenas = -8;
    private const int TopPadBytes = 64 << 20;

    private static readonly TimeSpan minTrimInterval = TimeSpan.FromSeconds(30);

    private static long lastTrim = Stopwatch.GetTimestamp();

    /// <summary>Runs the garbage collector, which does not see the memory held by native tensors.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>
    /// Returns free pages to the system, at most twice a minute. Batches have different sizes, so the gaps between kept blocks would otherwise
    /// add up to hundreds of megabytes in a process that scores for hours.
    /// </summary>
    public static void Trim()
    {
        var last = Interlocked.Read(ref lastTrim);
        if (Stopwatch.GetElapsedTime(last) >= minTrimInterval && Interlocked.CompareExchange(ref lastTrim, Stopwatch.GetTimestamp(), last) == last && IsGlibc("malloc_trim"))
            _ = ReleaseFreePages(0);
    }

    /// <summary>
    /// Makes malloc keep freed memory. By default it returns every large block to the system and maps new pages for the next
    /// layer, which can take as long as the matrix product that fills them.
    /// </summary>
#pragma warning disable CA2255 // Must run before the first tensor is created, in any program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void KeepFreedMemory() => Set((MaxArenas, 1), (MaxMappings, 0), (TrimThreshold, int.MaxValue), (TopPad, TopPadBytes));

    /// <exception cref="InvalidOperationException">malloc rejects a setting.</exception>
    internal static void Set(params (int Setting, int Value)[] settings)
    {
        if (!IsGlibc("mallopt"))
            return;
        foreach (var (setting, value) in settings)
            if (SetOption(setting, value) == 0)
                throw new InvalidOperationException($"mallopt({setting}, {value}): expected success, found that malloc rejects the setting. Report this with the version of the C library.");
    }

    // Alpine's musl allocator has no such functions.
    private static bool IsGlibc(string function) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, function, out _);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int ReleaseFreePages(nuint pad);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int setting, int value);
}
