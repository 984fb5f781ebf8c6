using ImdbPipeline.Testing.Processes;

namespace ImdbPipeline.EndToEnd.Tests.Processes;

/// <summary>Starts <c>imdb</c> and the trainer as separate processes.</summary>
internal static class Programs
{
    public static RunningProgram Imdb(IReadOnlyDictionary<string, string> settings, params string[] arguments) =>
        RunningProgram.Start(typeof(Cli.CommandLine), settings, arguments);

    public static RunningProgram Trainer(IReadOnlyDictionary<string, string> settings) => RunningProgram.Start(typeof(Trainer.TrainerProgram), settings);
}
