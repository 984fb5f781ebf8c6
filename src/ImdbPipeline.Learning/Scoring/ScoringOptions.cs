using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Scoring;

namespace ImdbPipeline.Learning.Scoring;

/// <summary>Scoring settings of a host.</summary>
public sealed record ScoringOptions
{
    /// <summary>With bf16 and int8, models that lose too much accuracy are still scored in fp32.</summary>
    [Setting("ScoringPrecision", "fp32, bf16, int8 or auto"), EnumDataType(typeof(ScoringPrecision))]
    public ScoringPrecision Precision { get; init; }
}
