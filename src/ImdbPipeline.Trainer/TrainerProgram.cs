using ImdbPipeline.Core;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using ImdbPipeline.Learning.BaseModels;
using ImdbPipeline.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>The container job: processes one training job, then exits.</summary>
public static class TrainerProgram
{
    /// <param name="setting">Looks up a setting by name: storage account, <c>BaseModel</c>, <c>LeaseSeconds</c>, <c>IMDB_CACHE</c>, <c>HF_ENDPOINT</c>, telemetry.</param>
    /// <param name="cancellationToken">Stops training and returns the message to the queue.</param>
    /// <returns>0: no job, or job completed; 1: job failed; 2: invalid setting; 3: another trainer took over the run.</returns>
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
        // The trainer creates no containers or queues: its identity has no rights for that, and the hosts create them.
        await using var job = await HeldJob.TakeAsync(services.GetRequiredService<PipelineStorage>(), trainer.Lease, services.GetRequiredService<TimeProvider>(), cancellationToken);
        if (job is null)
        {
            services.GetRequiredService<ILogger<TrainingJobRunner>>().NothingToDo();
            return 0;
        }

        return (int)await services.GetRequiredService<TrainingJobRunner>().RunAsync(job, cancellationToken);
    }
}
