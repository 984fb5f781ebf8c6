using System.Diagnostics;
using System.Text;
using Xunit;

namespace ImdbPipeline.Testing.Processes;

/// <summary>One of this project's programs as a separate process that can be killed or frozen at any moment.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Stopwatch clock;

    private RunningProgram(Process process)
    {
        SlowAttribute.RequireFor("a separate process");
        this.process = process;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => OnOutput(line.Data);
        process.Start();
        clock = Stopwatch.StartNew();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Time since the start.</summary>
    public TimeSpan Age => clock.Elapsed;

    /// <summary>Everything it has written to stdout and stderr.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="program">Any type of the program's assembly.</param>
    public static RunningProgram Start(Type program, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return Start(new ProcessStartInfo(host, [program.Assembly.Location, .. arguments]), settings);
    }

    /// <summary>Starts a program that inherits only the variables needed to find programs.</summary>
    public static RunningProgram StartIsolated(string folder, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = folder };
        start.Environment.Clear();
        foreach (var inherited in (string[])["PATH", "HOME", "DOTNET_ROOT"])
            if (Environment.GetEnvironmentVariable(inherited) is { } value)
                start.Environment[inherited] = value;
        return Start(start, settings);
    }

    /// <returns>The exit code, once the program has exited.</returns>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode;
    }

    /// <summary>Waits until the program exits with code 0.</summary>
    /// <returns>How long it ran.</returns>
    public async Task<TimeSpan> SucceedAsync()
    {
        var exitCode = await EndAsync();
        Assert.True(exitCode == 0, $"exit code {exitCode}: {Output}");
        return Age;
    }

    /// <summary>Kills it with SIGKILL at the given age, unless it exits before.</summary>
    /// <returns>False if it exited before.</returns>
    public async Task<bool> KillAtAsync(TimeSpan age)
    {
        using var alarm = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        if (age - Age is { Ticks: > 0 } left)
            alarm.CancelAfter(left);
        else
            await alarm.CancelAsync();
        try
        {
            await process.WaitForExitAsync(alarm.Token);
            return false;
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            await KillAsync();
            return true;
        }
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
    }

    /// <summary>Sends SIGTERM, as a container engine does.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static RunningProgram Start(ProcessStartInfo start, IReadOnlyDictionary<string, string> settings)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        // These tests are about programs, not models: the smallest base model is the fastest.
        start.Environment["BaseModel"] = "scratch-mini";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new RunningProgram(new Process { StartInfo = start });
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        await kill.WaitForExitAsync(Cancellation);
        Assert.Equal(0, kill.ExitCode);
    }

    private void OnOutput(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }
}
