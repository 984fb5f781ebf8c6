using ImdbPipeline.Testing;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
[assembly: Slow]
// Each training step seeds torch's process-wide random generator.
[assembly: Parallelization(Mode = ParallelMode.None)]
