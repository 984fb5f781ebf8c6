namespace ImdbPipeline.Learning.Tests;

/// <summary>Runs training tests one at a time: each training step seeds torch's process-wide random generator.</summary>
[CollectionDefinition(Name)]
public sealed class TorchRandomState
{
    public const string Name = "dropout";
}
