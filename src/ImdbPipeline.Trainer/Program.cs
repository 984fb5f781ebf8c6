using System.Runtime.InteropServices;
using ImdbPipeline.Trainer;
using Microsoft.Extensions.Configuration;

// A container gets SIGTERM and is killed 30 seconds later. Ctrl+C stops the trainer in the same way.
using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
ParentProcess.Watch(settings, stopping);
try
{
    return await TrainerProgram.RunAsync(settings, stopping.Token);
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}
