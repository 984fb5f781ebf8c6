using System.Reflection;
using BenchmarkDotNet.Running;
using ImdbPipeline.Benchmarks;
using ImdbPipeline.Benchmarks.Pipeline;

args = BenchmarkData.TakeOptions(args);
try
{
    _ = (BenchmarkData.Archive, BenchmarkData.Vocabulary);
}
catch (FileNotFoundException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

// "pipeline [stage …] [--full]" benchmarks whole stages; anything else goes to BenchmarkDotNet, which benchmarks kernels.
if (args is ["pipeline", .. var stages])
    return await PipelineBenchmarks.RunAsync(stages);
if (args is [MeasuredProcess.Verb, var part, .. var arguments])
    return await MeasuredProcess.ServeAsync(part, arguments);
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
