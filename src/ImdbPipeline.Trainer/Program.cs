using System.Runtime.InteropServices;
using ImdbPipeline.Trainer;

// A container is asked to stop with SIGTERM and killed half a minute later; Ctrl+C asks the same.
using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
ParentProcess.Watch(Environment.GetEnvironmentVariable, stopping);
try
{
    return await TrainerProgram.RunAsync(Environment.GetEnvironmentVariable, stopping.Token);
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
