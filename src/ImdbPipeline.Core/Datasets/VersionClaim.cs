namespace ImdbPipeline.Core.Datasets;

/// <summary><c>prepared/_versions/{version}.json</c>: which data set a content belongs to, whatever its archives are called.</summary>
/// <param name="Archive">The archive that came first.</param>
public sealed record VersionClaim(string Dataset, string Version, string Archive, DateTimeOffset At);
