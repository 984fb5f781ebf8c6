using System.Net.Http.Json;
using System.Text.Json;
using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Scoring;
using Microsoft.Extensions.DependencyInjection;

namespace ImdbPipeline.Cli.Scoring;

/// <summary>Asks an <c>imdb up</c> on this machine, which has the champion in memory.</summary>
public static class RunningHost
{
    /// <summary>Then loading the model here is as fast.</summary>
    private static readonly TimeSpan limit = TimeSpan.FromSeconds(5);

    /// <returns>Null if no host can answer.</returns>
    public static async Task<ScoreRecord?> TryScoreAsync(IServiceProvider services, string text, string task, CancellationToken cancellationToken)
    {
        var hosts = await services.GetRequiredService<HostStore>().ListAsync(cancellationToken);
        if (hosts.FirstOrDefault(host => host.Machine == Environment.MachineName)?.Address is not { } address)
            return null;
        using var client = new HttpClient { BaseAddress = address, Timeout = limit };
        try
        {
            using var response = await client.PostAsJsonAsync($"api/{ScoreEndpoint.Route}?{ScoreEndpoint.TaskParameter}={Uri.EscapeDataString(task)}", new { text }, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<ScoreRecord>(PipelineJson.Record, cancellationToken) : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The model is loaded here instead, and says what is wrong with it if something is.
            return null;
        }
    }
}
