using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.LocalHost.Trainers;

/// <summary>One execution of the trainer program.</summary>
internal static class TrainerProcess
{
    /// <summary>A setting of the trainer; see its <c>ParentProcess</c>.</summary>
    private const string EndWithStandardInput = "EndWithStandardInput";

    /// <summary>Runs the trainer until it exits and forwards its output to the log.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">The host is stopping; the trainer has exited or been killed.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The program could not be started.</exception>
    public static async Task<int> RunAsync(TrainerProcessOptions options, ILogger log, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(options.Command[0], options.Command.Skip(1))
        {
            // Never written to: it closes when this process ends, which stops the trainer.
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
