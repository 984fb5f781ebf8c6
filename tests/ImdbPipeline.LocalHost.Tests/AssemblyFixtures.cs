using ImdbPipeline.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
