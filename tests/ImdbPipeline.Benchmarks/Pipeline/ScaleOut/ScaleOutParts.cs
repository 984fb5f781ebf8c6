using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Benchmarks.Pipeline.ScaleOut;

/// <summary>What the scale-out stage runs in processes of their own: <c>imdb up</c> on a storage account, until standard input ends.</summary>
internal static class ScaleOutParts
{
    public const string Host = "scale-out-host";

    public static void Define() => MeasuredProcess.Define(Host, HostAsync);

    private static async Task<double> HostAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var host = Cli.CommandLine.RunAsync(["up", "--port", "0", "--storage", arguments[0], "--json"], Terminal.Process, ending.Token);
        await Task.WhenAny(host, Console.In.ReadToEndAsync(cancellationToken));
        await ending.CancelAsync();
        var exitCode = await host;
        return exitCode == ExitCode.Ok ? 0 : throw new InvalidOperationException($"imdb up: expected exit code 0, found {exitCode}.");
    }
}
