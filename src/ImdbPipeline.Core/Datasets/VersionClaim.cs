namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_versions/{version}.json</c>: which dataset a version belongs to, whatever its archives are called.</summary>
/// <param name="Archive">The first archive with this content.</param>
public sealed record VersionClaim(string Dataset, string Version, string Archive, DateTimeOffset At);
