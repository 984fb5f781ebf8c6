using System.ComponentModel;
using System.Diagnostics;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>The Azurite npm package; <c>npx</c> downloads it into its cache on first use.</summary>
internal static class AzuritePackage
{
    /// <summary>The newest version that runs on Node.js 20.</summary>
    public const string Version = "3.35.0";

    /// <returns>The path of <c>azurite.js</c>.</returns>
    /// <exception cref="InputRejectedException">Node.js is not installed, or the package is unavailable.</exception>
    public static async Task<string> LocateAsync(string npx, CancellationToken cancellationToken)
    {
        // npx wraps the program it runs, so stopping npx would not stop Azurite. Instead, ask npx for the PATH it would run
        // Azurite with: it contains the package folder. With --prefer-offline, a cached package needs no network.
        // Without a network, npm would wait for more than a minute before it says so.
        var path = await RunAsync(
            npx, ["--yes", "--prefer-offline", "--fetch-retry-maxtimeout=10000", $"--package=azurite@{Version}", "--", "node", "-p", "process.env.PATH"], cancellationToken);
        return path.Split(Path.PathSeparator)
            .Select(bin => Path.GetFullPath(Path.Combine(bin, "..", "azurite", "dist", "src", "azurite.js")))
            .FirstOrDefault(File.Exists)
            ?? throw Unavailable($"no azurite.js on the PATH of npx: {path}");
    }

    private static async Task<string> RunAsync(string npx, string[] arguments, CancellationToken cancellationToken)
    {
        // On Windows npx is a batch file, which only cmd can run.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", ["/c", npx, .. arguments])
            : new ProcessStartInfo(npx, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
                return process.ExitCode == 0 ? (await output).Trim() : throw Unavailable($"{npx} exited with code {process.ExitCode}: {(await errors).Trim()}");
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception e)
        {
            throw Unavailable($"no program '{npx}' ({e.Message})");
        }
    }

    private static InputRejectedException Unavailable(string found) => new(
        ErrorRules.AzuriteUnavailable, "storage emulator", $"Azurite {Version}, started through npx (Node.js 20 or newer)", found,
        "Install Node.js (https://nodejs.org), check that npm can download packages, and try again; or start Azurite yourself, or set AzureWebJobsStorage to a storage account.");
}
