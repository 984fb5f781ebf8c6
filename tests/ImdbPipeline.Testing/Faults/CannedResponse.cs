using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Azure;
using Azure.Core;

namespace ImdbPipeline.Testing.Faults;

/// <summary>A fake storage error response in the real format: an error code and no body.</summary>
internal sealed class CannedResponse(Request request, int status, string errorCode) : Response
{
    public int? RetryAfterSeconds { get; init; }

    public override int Status => status;

    public override bool IsError => true;

    public override string ReasonPhrase => errorCode;

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = request.ClientRequestId;

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders()
    {
        yield return new HttpHeader("x-ms-error-code", errorCode);
        if (RetryAfterSeconds is { } seconds)
            yield return new HttpHeader("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
    }

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = EnumerateHeaders().FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
