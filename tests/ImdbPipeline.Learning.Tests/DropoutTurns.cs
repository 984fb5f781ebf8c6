namespace ImdbPipeline.Learning.Tests;

/// <summary>Tests that train take turns: every training step seeds the one random generator that torch has for the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class DropoutTurns
{
    public const string Name = "dropout";
}
