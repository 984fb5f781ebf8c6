using System.Reflection;
using BenchmarkDotNet.Running;
using ImdbPipeline.Benchmarks.Pipeline;

// "pipeline [stage …] [--full]" benchmarks whole stages; anything else goes to BenchmarkDotNet, which benchmarks kernels.
if (args is ["pipeline", .. var stages])
    return await PipelineBenchmarks.RunAsync(stages);
if (args is [MeasuredProcess.Verb, var part, .. var arguments])
    return await MeasuredProcess.ServeAsync(part, arguments);
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
