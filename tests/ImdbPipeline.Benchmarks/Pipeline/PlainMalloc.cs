using System.Runtime.InteropServices;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>
/// Gives malloc back what this project's assemblies changed of it as they were loaded, for the notebook's way: to where it adjusts
/// itself to in a process that frees large blocks again and again.
/// </summary>
internal static partial class PlainMalloc
{
    // glibc's malloc.h, and the bounds of its adjustment.
    private const int TrimThreshold = -1, TopPad = -2, MappingThreshold = -3, MostMappings = -4;
    private const int DefaultTopPad = 128 << 10, DefaultMappings = 65536, LargestThreshold = 32 << 20;

    public static void Restore()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
            return;
        foreach (var (setting, value) in ((int, int)[])[(TopPad, DefaultTopPad), (MostMappings, DefaultMappings), (MappingThreshold, LargestThreshold), (TrimThreshold, 2 * LargestThreshold)])
            if (SetOption(setting, value) == 0)
                throw new InvalidOperationException($"mallopt({setting}, {value}): expected it accepted, found it refused.");
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int setting, int value);
}
