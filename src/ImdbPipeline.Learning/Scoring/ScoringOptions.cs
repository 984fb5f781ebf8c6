using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Learning.Inferring;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>Scoring settings of a host.</summary>
public sealed record ScoringOptions
{
    /// <summary>With int8, models that lose too much accuracy are still scored in fp32.</summary>
    [Setting("ScoringPrecision", "fp32 or int8"), EnumDataType(typeof(ScoringPrecision))]
    public ScoringPrecision Precision { get; init; }
}
