using System.Diagnostics;

namespace ImdbPipeline.Benchmarks.Pipeline.ScaleOut;

/// <summary>A host process pinned to one core, like a single-core instance in the cloud.</summary>
internal sealed class CoreBoundHost : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;

    /// <param name="core">Core number, starting at 0.</param>
    public CoreBoundHost(int core, string connectionString, string cache)
    {
        var start = new ProcessStartInfo("taskset", ["-c", $"{core}", Environment.ProcessPath!, MeasuredProcess.Verb, ScaleOutParts.Host, connectionString])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["IMDB_CACHE"] = cache;
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Shuts the host down gracefully.</summary>
    public async Task<Measured> StopAsync(CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return MeasuredProcess.Result(ScaleOutParts.Host, process.ExitCode, await output);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
