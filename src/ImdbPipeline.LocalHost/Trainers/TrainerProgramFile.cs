namespace ImdbPipeline.LocalHost.Trainers;

/// <summary>Finds the trainer next to the running program.</summary>
internal static class TrainerProgramFile
{
    private const string Name = "ImdbPipeline.Trainer";

    public static IReadOnlyList<string> Command()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? Name + ".exe" : Name);

        // The runtime of this process is known to work; a separate executable would search for one.
        if (Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet")
            return [host, assembly];
        return File.Exists(program) ? [program] : ["dotnet", assembly];
    }
}
