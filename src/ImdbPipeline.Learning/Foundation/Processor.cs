using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>Instruction sets of the CPU that .NET does not report.</summary>
internal static class Processor
{
    private const int Avx512Vnni = 1 << 11, AmxBf16 = 1 << 22, Avx512Bf16 = 1 << 5;

    // "Genu", the beginning of the vendor's name.
    private const int GenuineIntel = 0x756e6547;

    /// <summary>8-bit integer products with 32-bit sums.</summary>
    public static bool HasVnni { get; } = X86Base.IsSupported && (AvxVnni.IsSupported || (X86Base.CpuId(7, 0).Ecx & Avx512Vnni) != 0);

    /// <summary>Products of 16-bit floating-point numbers with the range of float32.</summary>
    public static bool HasBf16 { get; } = X86Base.IsSupported
        ? Avx512F.IsSupported && ((X86Base.CpuId(7, 1).Eax & Avx512Bf16) != 0 || (X86Base.CpuId(7, 0).Edx & AmxBf16) != 0)
        : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 && ListsArmFeature("bf16");

    /// <summary>Whether MKL, which torch uses for float32 products, leaves out half of the vector width: it uses AVX-512 on Intel CPUs only.</summary>
    public static bool HasFasterOneDnn { get; } = X86Base.IsSupported && Avx512F.IsSupported && X86Base.CpuId(0, 0).Ebx != GenuineIntel;

    private static bool ListsArmFeature(string feature) =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").Any(line => line.StartsWith("Features", StringComparison.Ordinal) && line.Split(' ').Contains(feature));
}
