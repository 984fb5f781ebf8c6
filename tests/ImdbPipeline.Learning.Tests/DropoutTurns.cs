namespace ImdbPipeline.Learning.Tests;

/// <summary>Tests that train with dropout take turns: torch has one random generator for the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class DropoutTurns
{
    public const string Name = "dropout";
}
