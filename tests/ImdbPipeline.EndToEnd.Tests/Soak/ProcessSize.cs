using System.Globalization;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>What a process holds.</summary>
/// <param name="ResidentBytes">Resident memory in bytes.</param>
/// <param name="Handles">Open file handles.</param>
internal sealed record ProcessSize(long ResidentBytes, int Handles)
{
    public static ProcessSize Of(int process) => new(
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize,
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Length);

    public override string ToString() => $"{ResidentBytes >> 20} MB and {Handles} handles";
}
