using ImdbPipeline.Functions.Tests;
using ImdbPipeline.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
[assembly: AssemblyFixture(typeof(FunctionsImage))]
