using ImdbPipeline.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
[assembly: Slow]
