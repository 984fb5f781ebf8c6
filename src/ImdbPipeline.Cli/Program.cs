using System.Runtime.InteropServices;
using System.Text;
using ImdbPipeline.Cli;
using ImdbPipeline.Cli.Screens;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

// The first signal cancels the command, the second one ends the process.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return (int)await CommandLine.RunAsync(args, Terminal.Process, stop.Token);
