using System.Runtime.InteropServices;

namespace ImdbPipeline.Core.Preparing;

/// <summary>Position of an id in <see cref="TextIds"/>.</summary>
/// <param name="Length">In bytes of UTF-8.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct IdRange(long Start, int Length);
