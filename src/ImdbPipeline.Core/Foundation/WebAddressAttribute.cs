using System.ComponentModel.DataAnnotations;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Accepts absolute http and https addresses.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    /// <summary>Accepts http only for loopback addresses.</summary>
    public bool RequireHttps { get; init; }

    public override bool IsValid(object? value) =>
        value is Uri { IsAbsoluteUri: true } uri && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && (!RequireHttps || uri.IsLoopback)));
}
