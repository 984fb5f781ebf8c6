using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Infra.Tests;

/// <summary>Runs the Bicep compiler on the files of <c>infra/</c>.</summary>
internal static class Bicep
{
    private static readonly string? Program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "Bicep")?.Value;

    // Cached, because many tests read the same compiled file.
    private static readonly ConcurrentDictionary<string, Lazy<Task<(string Output, string Diagnostics)>>> runs = new(StringComparer.Ordinal);

    public static string Folder { get; } = Path.Combine(Repository.Root, "infra");

    /// <returns>The compiler's standard output (the compiled file) and standard error (diagnostics).</returns>
    public static Task<(string Output, string Diagnostics)> RunAsync(params string[] arguments)
    {
        SlowAttribute.RequireFor("Bicep");
        if (Program is null)
            Assert.Skip("The Bicep compiler package is referenced on Linux only.");
        return runs.GetOrAdd(string.Join(' ', arguments), _ => new(() => StartAsync(Program, arguments))).Value;
    }

    /// <returns>The ARM template; fails the test on any diagnostic.</returns>
    public static async Task<JsonElement> CompileAsync(string file)
    {
        var (output, diagnostics) = await RunAsync("build", file, "--stdout");
        Assert.Equal("", diagnostics);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>All resources of a template, child resources included; handles templates with and without symbolic names.</summary>
    public static IEnumerable<JsonElement> Resources(this JsonElement template)
    {
        var resources = template.GetProperty("resources");
        return resources.ValueKind == JsonValueKind.Array ? resources.EnumerateArray() : resources.EnumerateObject().Select(resource => resource.Value);
    }

    public static IEnumerable<JsonElement> Resources(this JsonElement template, string type) =>
        template.Resources().Where(resource => resource.GetProperty("type").GetString() == type);

    private static async Task<(string Output, string Diagnostics)> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, diagnostics) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 || (await diagnostics).Length > 0
            ? (await output, await diagnostics)
            : throw new InvalidOperationException($"bicep {string.Join(' ', arguments)}: expected exit code 0, found {process.ExitCode}.");
    }
}
