using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ImdbPipeline.Benchmarks.Pipeline;

/// <summary>Runs a part of a stage in a separate process, so that its peak memory can be measured.</summary>
internal static class MeasuredProcess
{
    public const string Verb = "part";

    private static readonly Dictionary<string, Func<string[], CancellationToken, Task<double>>> parts = new(StringComparer.Ordinal);

    /// <summary>Registers a part.</summary>
    /// <param name="run">Takes the arguments of the part and returns the measured seconds.</param>
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

    /// <summary>Parses the result that the process of a part printed last.</summary>
    public static Measured Result(string part, int exitCode, string output) => exitCode == 0
        ? JsonSerializer.Deserialize<Measured>(output.TrimEnd().Split('\n')[^1])!
        : throw new InvalidOperationException($"{part}: expected exit code 0, found {exitCode}: {output}");

    /// <summary>Peak resident memory of this process, in 10^6 bytes.</summary>
    private static double PeakMegabytes()
    {
        if (!OperatingSystem.IsLinux())
            return Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}

/// <param name="Seconds">Measured wall time.</param>
/// <param name="CpuSeconds">CPU time of the whole process.</param>
/// <param name="PeakMegabytes">Peak resident memory in 10^6 bytes.</param>
internal sealed record Measured(double Seconds, double CpuSeconds, double PeakMegabytes);
