using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Training;

/// <summary>One run of the trainer program.</summary>
internal static class TrainerProcess
{
    /// <summary>The trainer's setting; see <c>ParentProcess</c> there.</summary>
    private const string EndWithStandardInput = "EndWithStandardInput";

    /// <summary>Runs the trainer to its end, its lines going to the log.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="OperationCanceledException">The host stops; the trainer has ended, by itself or killed.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The program does not start.</exception>
    public static async Task<int> RunAsync(TrainerOptions options, ILogger log, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(options.Command[0], options.Command.Skip(1))
        {
            // Never written to: it closes with this process, and the trainer ends too.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[EndWithStandardInput] = "true";
        foreach (var (name, value) in options.Environment)
            start.Environment[name] = value;

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Forward(line.Data);
        process.ErrorDataReceived += (_, line) => Forward(line.Data);
        process.Start();
        log.TrainerStarted(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stopping);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process, options.StopTimeout);
            throw;
        }

        void Forward(string? line)
        {
            if (line is { Length: > 0 })
                log.TrainerSays(line);
        }
    }

    private static async Task StopAsync(Process process, TimeSpan timeout)
    {
        Signals.Terminate(process);
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
