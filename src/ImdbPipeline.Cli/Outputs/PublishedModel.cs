using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Core.Datasets;
using ImdbPipeline.Core.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>Finds a published model by what people call it.</summary>
public static class PublishedModel
{
    /// <param name="name">A version, or a task for its champion.</param>
    /// <exception cref="CommandFailedException">There is no such model.</exception>
    public static async Task<ModelManifest> FindAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var registry = services.GetRequiredService<ModelRegistry>();
        if (!IsPlain(name))
            throw Unknown(name);
        if (await registry.FindAsync(name, cancellationToken) is { } model)
            return model;
        if (!TaskStore.IsName(name) || (await registry.ReadChampionAsync(name, cancellationToken)).Model is not { } champion)
            throw Unknown(name);
        return await registry.FindAsync(champion, cancellationToken)
            ?? throw new CommandFailedException(ExitCode.NotFound, $"task {name}: expected its champion {champion}, found no manifest for it. Roll back or promote another model.");
    }

    private static bool IsPlain(string name) => name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\') < 0;

    private static CommandFailedException Unknown(string name) => new(
        ExitCode.NotFound, $"model {name}: expected a published version, or a task with a champion, found neither. 'imdb models list' shows the published models.");
}
