using ImdbPipeline.Core;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>The container job: takes one training job, carries it out, ends.</summary>
public static class TrainerProgram
{
    /// <param name="setting">Looks a setting up by name: the storage account, <c>BaseModel</c>, <c>LeaseSeconds</c>, <c>IMDB_CACHE</c>, <c>HF_ENDPOINT</c>, and where telemetry goes.</param>
    /// <param name="cancellationToken">Stops the training; the job's message becomes visible to other trainers.</param>
    /// <returns>0 where there was nothing to do or the job is done, 1 where it failed, 2 where a setting is wrong, 3 where another trainer took the run.</returns>
    public static async Task<int> RunAsync(Func<string, string?> setting, CancellationToken cancellationToken)
    {
        StorageOptions options;
        TrainerOptions trainer;
        TelemetryOptions telemetry;
        try
        {
            options = StorageOptions.From(setting);
            trainer = TrainerOptions.From(setting);
            telemetry = TelemetryOptions.From(setting);
            HubOptions.From(setting);
        }
        catch (InputRejectedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }

        var collection = new ServiceCollection();
        collection.AddPipelineTelemetry("imdb-trainer", telemetry);
        await using var services = collection
            .AddLogging(logging => logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss ")))
            .AddImdbPipeline(options)
            .AddLearning()
            .AddTrainer(setting)
            .BuildServiceProvider();
        services.StartTelemetry();
        // Creates nothing: in Azure its identity has rights on what it uses only, and the hosts create all of it.
        await using var job = await HeldJob.TakeAsync(services.GetRequiredService<PipelineStorage>(), trainer.Lease, services.GetRequiredService<TimeProvider>(), cancellationToken);
        if (job is null)
        {
            services.GetRequiredService<ILogger<TrainingJobRunner>>().NothingToDo();
            return 0;
        }

        return (int)await services.GetRequiredService<TrainingJobRunner>().RunAsync(job, cancellationToken);
    }
}
