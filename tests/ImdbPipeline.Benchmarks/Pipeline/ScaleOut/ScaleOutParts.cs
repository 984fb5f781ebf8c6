using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Benchmarks.Pipeline.ScaleOut;

/// <summary>The part of the scale-out stage that runs in separate processes: <c>imdb up</c>, until standard input is closed.</summary>
internal static class ScaleOutParts
{
    public const string Host = "scale-out-host";

    public static void Define() => MeasuredProcess.Define(Host, HostAsync);

    private static async Task<double> HostAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var host = Cli.CommandLine.RunAsync(["up", "--port", "0", "--storage", arguments[0], "--json"], Terminal.Process, stopping.Token);
        await Task.WhenAny(host, Console.In.ReadToEndAsync(cancellationToken));
        await stopping.CancelAsync();
        var exitCode = await host;
        return exitCode == ExitCode.Ok ? 0 : throw new InvalidOperationException($"imdb up: expected exit code 0, found {exitCode}.");
    }
}
