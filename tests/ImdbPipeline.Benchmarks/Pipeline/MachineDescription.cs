using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ImdbPipeline.Learning.Foundation;
using TorchSharp;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>The processor that figures were measured on: without it they mean nothing.</summary>
internal static class MachineDescription
{
    public static string Text => $"{Model()}: {Environment.ProcessorCount} cores, {torch.get_num_threads()} threads; {string.Join(", ", InstructionSets())}";

    private static string Model() => File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static IEnumerable<string> InstructionSets() =>
        from set in ((string Name, bool Supported)[])
        [
            ("AVX2", Avx2.IsSupported), ("AVX-512", Avx512F.IsSupported), ("VNNI", Processor.HasVnni), ("bf16", Processor.HasBf16),
            ("neither AVX2 nor AVX-512", !Avx2.IsSupported),
        ]
        where set.Supported
        select set.Name;
}
