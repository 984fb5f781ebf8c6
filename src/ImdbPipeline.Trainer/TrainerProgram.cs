using ImdbPipeline.Core;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.MiniLm;
using ImdbPipeline.ScratchMini;
using ImdbPipeline.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImdbPipeline.Trainer;

/// <summary>The container job: processes one training job, then exits.</summary>
public static class TrainerProgram
{
    /// <param name="settings">Environment variables: storage account, <c>BaseModel</c>, <c>LeaseSeconds</c>, <c>IMDB_CACHE</c>, <c>HF_ENDPOINT</c>, telemetry.</param>
    /// <param name="cancellationToken">Stops training and returns the message to the queue.</param>
    /// <returns>0: no job, or job completed; 1: job failed; 2: invalid setting; 3: another trainer took over the run; 4: storage stayed unavailable.</returns>
    public static async Task<int> RunAsync(IConfiguration settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var services = Build(settings);
            return await RunAsync(services, cancellationToken);
        }
        catch (InputRejectedException e) when (e.Rule == ErrorRules.SettingInvalid.Id || e.Rule == ErrorRules.StorageSettingMissing.Id)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (StorageUnavailableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return (int)JobOutcome.StorageUnavailable;
        }
    }

    private static ServiceProvider Build(IConfiguration settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings);
        services.AddPipelineTelemetry("imdb-trainer", settings);
        services.AddLogging(logging => logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss ")));
        services.AddImdbPipeline(StorageOptions.From(settings) with { Retries = StorageRetries.Patient }).AddLearning().AddMiniLm().AddScratchMini().AddTrainer();
        return services.BuildServiceProvider();
    }

    private static async Task<int> RunAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<IStartupValidator>().Validate();
        services.StartTelemetry();
        // The trainer creates no containers or queues: its identity has no rights for that, and the hosts create them.
        var log = services.GetRequiredService<ILogger<TrainingJobRunner>>();
        await using var job = await HeldJob.TakeAsync(
            services.GetRequiredService<PipelineStorage>(), services.GetRequiredService<TrainerOptions>().Lease, services.GetRequiredService<TimeProvider>(), log, cancellationToken);
        if (job is null)
        {
            log.NothingToDo();
            return 0;
        }

        return (int)await services.GetRequiredService<TrainingJobRunner>().RunAsync(job, cancellationToken);
    }
}
