using System.Net;
using ImdbPipeline.Core.Endpoints;
using ImdbPipeline.Core.Foundation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ImdbPipeline.LocalHost.Http;

/// <summary>
/// Refuses requests that a web page makes behind its reader's back. The endpoints need no key, so a page must reach them neither under a name of its own
/// that resolves to this machine, nor from another origin.
/// </summary>
internal static class LocalRequests
{
    /// <param name="app">The application.</param>
    /// <param name="address">Where the endpoints listen.</param>
    public static void UseLocalRequestsOnly(this IApplicationBuilder app, Uri address) =>
        app.Use((context, next) => FindFault(context.Request, address) is { } fault ? PipelineEndpoints.ToResult(fault).ExecuteAsync(context) : next(context));

    private static EndpointReply? FindFault(HttpRequest request, Uri address)
    {
        if (!IsLocal(request.Host.Host, address))
            return Refuse(403, "header Host", $"localhost, a loopback address or {address.Host}", request.Host.Host, "Send the request to one of these.");
        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !IsLocal(from.Host, address))
                return Refuse(403, "header Origin", "a page on this machine", origin ?? "", "Send the request from a program instead of a web page.");
        }
        return HttpMethods.IsPost(request.Method) && !request.HasJsonContentType()
            ? Refuse(415, "header Content-Type", "application/json", request.ContentType ?? "nothing", "With curl, use --json instead of -d.")
            : null;
    }

    private static bool IsLocal(string host, Uri address) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(address.Host, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    private static EndpointReply Refuse(int status, string subject, string expected, string found, string remedy) =>
        EndpointReply.Problem(status, ErrorRules.RequestNotLocal.Id, $"{subject}: expected {expected}, found '{PrintableText.OneLine(found)}'. {remedy}");
}
