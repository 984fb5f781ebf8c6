namespace ImdbPipeline.Learning.Encoders;

/// <summary>Keeps resident memory flat: native tensors are invisible to the collector, so it is asked now and then.</summary>
internal static class NativeMemory
{
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
