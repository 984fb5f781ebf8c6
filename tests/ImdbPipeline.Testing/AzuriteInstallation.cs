using System.ComponentModel;
using System.Diagnostics;

namespace ImdbPipeline.Testing;

/// <summary>Installs Azurite once into the repository's <c>artifacts</c> folder, shared by all test runs.</summary>
internal static class AzuriteInstallation
{
    /// <summary>The newest version that runs on Node.js 20.</summary>
    private const string Version = "3.35.0";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);

    /// <returns>The path of <c>azurite.js</c>, or the reason why it is unavailable.</returns>
    public static async Task<(string? Script, string? UnavailableReason)> EnsureAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(ArtifactsFolder(), "azurite-" + Version);
        var script = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (File.Exists(script))
            return (script, null);

        if (await RunAsync("node", ["--version"], cancellationToken) is { } noNode)
            return (null, $"Azurite needs Node.js 20 or newer: {noNode}");

        // Install next to the target folder, then move: a parallel or killed run never leaves a partial installation.
        var temporary = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(temporary);
        try
        {
            string[] install = ["install", "--prefix", temporary, "--no-audit", "--no-fund", "--loglevel", "error", "azurite@" + Version];
            var failure = OperatingSystem.IsWindows()
                ? await RunAsync("cmd", ["/c", "npm", .. install], cancellationToken)
                : await RunAsync("npm", install, cancellationToken);
            if (failure is not null)
                return (null, $"npm could not install azurite@{Version}: {failure}");
            try
            {
                Directory.Move(temporary, folder);
            }
            catch (IOException) when (File.Exists(script))
            {
                // Another test run finished first.
            }
            return (script, null);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static string ArtifactsFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ImdbPipeline.sln")))
                return Path.Combine(folder.FullName, "artifacts");
        return Path.Combine(AppContext.BaseDirectory, "artifacts");
    }

    /// <returns>Null on success, otherwise the error.</returns>
    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(CommandTimeout);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
                await output;
                return process.ExitCode == 0 ? null : $"{program} exited with code {process.ExitCode}: {await errors}";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not finish within {CommandTimeout.TotalMinutes} minutes";
            }
        }
        catch (Win32Exception e)
        {
            return $"{program} could not be started: {e.Message}";
        }
    }
}
