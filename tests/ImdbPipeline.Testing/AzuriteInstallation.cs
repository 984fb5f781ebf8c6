using System.ComponentModel;
using System.Diagnostics;

namespace ImdbPipeline.Testing;

/// <summary>Azurite's Node program, installed once into the repository's <c>artifacts</c> folder and shared by all test runs.</summary>
internal static class AzuriteInstallation
{
    /// <summary>The newest that runs on Node 20.</summary>
    private const string Version = "3.35.0";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <returns>The path of <c>azurite.js</c>, or the reason why there is none.</returns>
    public static async Task<(string? Script, string? Missing)> EnsureAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(ArtifactsFolder(), "azurite-" + Version);
        var script = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (File.Exists(script))
            return (script, null);

        if (await RunAsync("node", ["--version"], cancellationToken) is { } noNode)
            return (null, $"Azurite needs Node.js 20 or newer: {noNode}");

        // Installed beside its place and moved there whole, so that a parallel or killed run never leaves half of it.
        var unfinished = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            string[] install = ["install", "--prefix", unfinished, "--no-audit", "--no-fund", "--loglevel", "error", "azurite@" + Version];
            var failure = OperatingSystem.IsWindows()
                ? await RunAsync("cmd", ["/c", "npm", .. install], cancellationToken)
                : await RunAsync("npm", install, cancellationToken);
            if (failure is not null)
                return (null, $"npm could not install azurite@{Version}: {failure}");
            try
            {
                Directory.Move(unfinished, folder);
            }
            catch (IOException) when (File.Exists(script))
            {
                // Another test run was faster.
            }
            return (script, null);
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    private static string ArtifactsFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ImdbPipeline.sln")))
                return Path.Combine(folder.FullName, "artifacts");
        return Path.Combine(AppContext.BaseDirectory, "artifacts");
    }

    /// <returns>Null on success, otherwise what went wrong.</returns>
    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Patience);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
                await output;
                return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {await errors}";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not end within {Patience.TotalMinutes} minutes";
            }
        }
        catch (Win32Exception e)
        {
            return $"{program} does not start: {e.Message}";
        }
    }
}
