using ImdbPipeline.Core;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Learning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImdbPipeline.Trainer;

/// <summary>The container job: takes one training job, carries it out, ends.</summary>
public static class TrainerProgram
{
    /// <param name="setting">Looks a setting up by name: the storage account, <c>BaseModel</c>, <c>LeaseSeconds</c>, <c>IMDB_CACHE</c>, <c>HF_ENDPOINT</c>.</param>
    /// <param name="cancellationToken">Stops the training; the job's message becomes visible to other trainers.</param>
    /// <returns>0 where there was nothing to do or the job is done, 1 where it failed, 2 where a setting is wrong, 3 where another trainer took the run.</returns>
    public static async Task<int> RunAsync(Func<string, string?> setting, CancellationToken cancellationToken)
    {
        StorageOptions options;
        TrainerOptions trainer;
        try
        {
            options = StorageOptions.From(setting);
            trainer = TrainerOptions.From(setting);
        }
        catch (InputRejectedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }

        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss ")))
            .AddImdbPipeline(options)
            .AddLearning()
            .AddTrainer(setting)
            .BuildServiceProvider();
        var storage = services.GetRequiredService<PipelineStorage>();
        await storage.EnsureCreatedAsync(cancellationToken);
        await using var job = await HeldJob.TakeAsync(storage, trainer.Lease, services.GetRequiredService<TimeProvider>(), cancellationToken);
        if (job is null)
        {
            services.GetRequiredService<ILogger<TrainingJobRunner>>().NothingToDo();
            return 0;
        }

        return (int)await services.GetRequiredService<TrainingJobRunner>().RunAsync(job, cancellationToken);
    }
}
