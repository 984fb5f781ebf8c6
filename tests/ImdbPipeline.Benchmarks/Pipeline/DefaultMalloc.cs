using ImdbPipeline.Learning.Foundation;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>
/// Undoes this project's malloc settings for the notebook method: sets the values that glibc's dynamic adjustment reaches in a process
/// that repeatedly frees large blocks.
/// </summary>
internal static class DefaultMalloc
{
    // glibc's defaults, and the upper bound of its dynamic adjustment.
    private const int DefaultTopPad = 128 << 10, DefaultMappings = 65536, LargestThreshold = 32 << 20;

    public static void Restore() => NativeMemory.Set(
        (NativeMemory.TopPad, DefaultTopPad), (NativeMemory.MaxMappings, DefaultMappings),
        (NativeMemory.MappingThreshold, LargestThreshold), (NativeMemory.TrimThreshold, 2 * LargestThreshold));
}
