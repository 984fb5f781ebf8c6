using ImdbPipeline.EndToEnd.Tests.Containers;
using ImdbPipeline.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
[assembly: AssemblyFixture(typeof(FunctionsImage))]
