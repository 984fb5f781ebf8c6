using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ImdbPipeline.Learning.Downloads;

/// <summary>Downloads files of a hub repository: resumes after a broken connection and verifies the content.</summary>
public sealed class HubClient : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly HubOptions options;
    private readonly HttpClient metadataClient = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly HttpClient downloadClient = new();
    private readonly ResiliencePipeline retry;
    private readonly ResiliencePipeline query;

    public HubClient(HubOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        downloadClient.Timeout = Timeout.InfiniteTimeSpan;
        retry = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(IsTransient).Handle<IOException>().Handle<InvalidDataException>(),
                MaxRetryAttempts = options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = TimeSpan.FromMinutes(1),
            })
            .Build();
        query = new ResiliencePipelineBuilder { TimeProvider = timeProvider }.AddTimeout(options.ResponseTimeout).AddPipeline(retry).Build();
    }

    public Uri Endpoint => options.Endpoint;

    /// <returns>Null if the repository or the file does not exist.</returns>
    /// <exception cref="HttpRequestException">The hub is unreachable or rejects the request.</exception>
    public async Task<HubFile?> FindAsync(string id, string file, CancellationToken cancellationToken)
    {
        HttpRequestException? last = null;
        try
        {
            return await query.ExecuteAsync(
                async token =>
                {
                    try
                    {
                        return await QueryAsync(id, file, token);
                    }
                    catch (HttpRequestException e)
                    {
                        last = e;
                        throw;
                    }
                },
                cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            throw last ?? new HttpRequestException($"no response within {options.ResponseTimeout.TotalSeconds} s", e);
        }
    }

    /// <summary>Downloads to the path; resumes from <c>{path}.part</c> if it exists.</summary>
    /// <param name="progress">Receives the number of bytes downloaded since the last call.</param>
    /// <exception cref="InvalidDataException">All attempts returned content other than announced.</exception>
    public async Task DownloadAsync(string id, HubFile file, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var part = path + ".part";
        await retry.ExecuteAsync(
            async token =>
            {
                await ResumeAsync(id, file, part, progress, token);
                if (await file.FindMismatchAsync(part, token) is { } mismatch)
                {
                    // Resuming would keep the damaged bytes.
                    File.Delete(part);
                    throw new InvalidDataException($"{id}/{file.Name}: expected the file the hub announced, found {mismatch}. Try again later.");
                }
            },
            cancellationToken);
        File.Move(part, path, overwrite: true);
    }

    public void Dispose()
    {
        metadataClient.Dispose();
        downloadClient.Dispose();
    }

    private Uri Address(string id, string file, string revision = "main") => new(options.Endpoint, $"{id}/resolve/{revision}/{file}");

    private async Task<HubFile?> QueryAsync(string id, string file, CancellationToken cancellationToken)
    {
        var address = Address(id, file);
        string? commit = null, checksum = null;
        long? size = null;
        for (var hop = 0; hop < MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            // A compressed response would report the wrong size.
            request.Headers.AcceptEncoding.ParseAdd("identity");
            using var response = await metadataClient.SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized)
                return null;
            commit ??= Header(response, "X-Repo-Commit");
            checksum ??= Header(response, "X-Linked-ETag");
            size ??= long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked : null;
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                // A redirect to the content store ends the query: its headers do not describe the repository.
                if (location.IsAbsoluteUri && location.Host != options.Endpoint.Host)
                    return new HubFile(file, commit, size, checksum);
                address = new Uri(address, location);
                continue;
            }

            response.EnsureSuccessStatusCode();
            return new HubFile(file, commit, size ?? response.Content.Headers.ContentLength, checksum ?? response.Headers.ETag?.Tag.Trim('"'));
        }

        throw new HttpRequestException($"{Address(id, file)}: expected at most {MaxRedirects} redirects, found more. Check HF_ENDPOINT.");
    }

    private async Task ResumeAsync(string id, HubFile file, string part, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var existing = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (existing > 0 && existing == file.Size)
            return;
        // Do not resume if the partial file is too long or the size is unknown: damage could not be detected.
        if (file.Size is null || existing > file.Size)
            existing = 0;

        using var request = new HttpRequestMessage(HttpMethod.Get, Address(id, file.Name, file.Commit ?? "main"));
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (existing > 0)
            request.Headers.Range = new RangeHeaderValue(existing, null);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            stall.CancelAfter(options.StallTimeout);
            using var response = await downloadClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            response.EnsureSuccessStatusCode();
            var resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == existing;
            await using var source = await response.Content.ReadAsStreamAsync(stall.Token);
            await using var target = new FileStream(part, resumes ? FileMode.Append : FileMode.Create, FileAccess.Write);
            var buffer = new byte[1 << 16];
            for (int read; (read = await source.ReadAsync(buffer, stall.Token)) > 0;)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), stall.Token);
                progress?.Report(read);
                stall.CancelAfter(options.StallTimeout);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{id}/{file.Name}: expected data, found none for {options.StallTimeout.TotalSeconds} s. Check the connection.");
        }
    }

    private static bool IsTransient(HttpRequestException e) =>
        e.StatusCode is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim('"') : null;
}
