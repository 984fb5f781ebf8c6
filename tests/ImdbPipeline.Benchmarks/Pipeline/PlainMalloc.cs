using ImdbPipeline.Learning.Encoders;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>
/// Gives malloc back what this project's assemblies changed of it as they were loaded, for the notebook's way: to where it adjusts
/// itself to in a process that frees large blocks again and again.
/// </summary>
internal static class PlainMalloc
{
    // glibc's defaults, and the bounds of its adjustment.
    private const int DefaultTopPad = 128 << 10, DefaultMappings = 65536, LargestThreshold = 32 << 20;

    public static void Restore() => NativeMemory.Set(
        (NativeMemory.TopPad, DefaultTopPad), (NativeMemory.MostMappings, DefaultMappings),
        (NativeMemory.MappingThreshold, LargestThreshold), (NativeMemory.TrimThreshold, 2 * LargestThreshold));
}
