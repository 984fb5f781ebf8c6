using System.ComponentModel;
using System.Diagnostics;
using ImdbPipeline.Core;

namespace ImdbPipeline.LocalHost.Azurite;

/// <summary>Azurite's npm package, downloaded by <c>npx</c> into its own cache the first time.</summary>
internal static class AzuritePackage
{
    /// <summary>The newest that runs on Node 20.</summary>
    public const string Version = "3.35.0";

    /// <returns>The path of <c>azurite.js</c>.</returns>
    /// <exception cref="InputRejectedException">Node.js is not installed, or the package cannot be had.</exception>
    public static async Task<string> LocateAsync(string npx, CancellationToken cancellationToken)
    {
        // npx itself only wraps the program it runs, and the wrapper would be what gets stopped. So npx is asked for the
        // PATH it would run Azurite with, which names the folder of the package.
        var path = await AskAsync(npx, ["--yes", $"--package=azurite@{Version}", "--", "node", "-p", "process.env.PATH"], cancellationToken);
        return path.Split(Path.PathSeparator)
            .Select(bin => Path.GetFullPath(Path.Combine(bin, "..", "azurite", "dist", "src", "azurite.js")))
            .FirstOrDefault(File.Exists)
            ?? throw Unavailable($"no azurite.js on npx's path {path}");
    }

    private static async Task<string> AskAsync(string npx, string[] arguments, CancellationToken cancellationToken)
    {
        // On Windows npx is a batch file, which only cmd runs.
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
                return process.ExitCode == 0 ? (await output).Trim() : throw Unavailable($"{npx} ended with {process.ExitCode}: {(await errors).Trim()}");
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
        "azurite-unavailable", "storage emulator", $"Azurite {Version}, run by npx of Node.js 20 or newer", found,
        "Install Node.js (https://nodejs.org) and try again, or start Azurite yourself, or set AzureWebJobsStorage to a storage account.");
}
