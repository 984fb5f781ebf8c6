using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Runs a part of a stage in a process of its own, so that its peak memory is its own.</summary>
internal static class MeasuredProcess
{
    public const string Verb = "part";

    private static readonly Dictionary<string, Func<string[], CancellationToken, Task<double>>> parts = new(StringComparer.Ordinal);

    /// <summary>What a part does with its arguments; it returns the seconds that count.</summary>
    public static void Define(string part, Func<string[], CancellationToken, Task<double>> run) => parts.Add(part, run);

    public static async Task<int> ServeAsync(string part, string[] arguments)
    {
        PipelineBenchmarks.DefineParts();
        var seconds = await parts[part](arguments, CancellationToken.None);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        Console.WriteLine(JsonSerializer.Serialize(new Measured(seconds, cpu, PeakMegabytes())));
        return 0;
    }

    public static async Task<Measured> RunAsync(string part, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Verb, part, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return Result(part, process.ExitCode, output);
    }

    /// <summary>What a part's process said at its end.</summary>
    public static Measured Result(string part, int exitCode, string output) => exitCode == 0
        ? JsonSerializer.Deserialize<Measured>(output.TrimEnd().Split('\n')[^1])!
        : throw new InvalidOperationException($"{part}: expected exit code 0, found {exitCode}: {output}");

    /// <summary>The most resident memory this process ever had, in 10^6 bytes.</summary>
    private static double PeakMegabytes()
    {
        if (!OperatingSystem.IsLinux())
            return Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}

/// <param name="Seconds">Wall time of what counts.</param>
/// <param name="CpuSeconds">Of the whole process.</param>
/// <param name="PeakMegabytes">Resident memory in 10^6 bytes.</param>
internal sealed record Measured(double Seconds, double CpuSeconds, double PeakMegabytes);
