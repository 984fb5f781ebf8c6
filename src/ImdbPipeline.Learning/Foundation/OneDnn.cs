namespace ImdbPipeline.Learning.Foundation;

/// <summary>
/// Which products oneDNN may compute. For float32 torch itself uses MKL, which uses only half the vector width of AMD CPUs;
/// on Intel CPUs both are equally fast.
/// </summary>
internal static class OneDnn
{
    // oneDNN splits the weights into blocks of 16, 32, 48 or 64 outputs, depending on rows and threads. If the last block needs
    // padding, libtorch 2.10 returns wrong results, so the number of outputs must be divisible by every block size.
    private const int OutputBlock = 192;

    /// <summary>The number of inputs must be a multiple of this.</summary>
    public const int InputBlock = 64;

    /// <summary>Rounding errors, relative to the largest value, stay below this; a wrong block drops or repeats many terms and far exceeds it.</summary>
    public const double Tolerance = 1e-4;

    public static bool Fits(long outputs, long inputs) => outputs % OutputBlock == 0 && inputs % InputBlock == 0;
}
