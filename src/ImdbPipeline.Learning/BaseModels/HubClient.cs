using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace ImdbPipeline.Learning.BaseModels;

/// <summary>Downloads single files of a repository on the hub: resumed where the connection broke, checked before they are believed.</summary>
public sealed class HubClient : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly HubOptions options;
    private readonly HttpClient asking = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly HttpClient reading = new();
    private readonly ResiliencePipeline retry;

    public HubClient(HubOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        reading.Timeout = Timeout.InfiniteTimeSpan;
        retry = new ResiliencePipelineBuilder { TimeProvider = clock }
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
    }

    /// <returns>Null where the repository has no such file, or there is no such repository.</returns>
    /// <exception cref="HttpRequestException">The hub cannot be reached or refuses.</exception>
    public async Task<HubFile?> FindAsync(string id, string file, CancellationToken cancellationToken) =>
        await retry.ExecuteAsync(async token => await AskAsync(id, file, token), cancellationToken);

    /// <summary>Downloads into the path, going on with what <c>{path}.part</c> holds.</summary>
    /// <param name="progress">Told how many bytes came since the last call.</param>
    /// <exception cref="InvalidDataException">Every try brought other bytes than announced.</exception>
    public async Task DownloadAsync(string id, HubFile file, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var part = path + ".part";
        await retry.ExecuteAsync(
            async token =>
            {
                await ReadOnAsync(id, file, part, progress, token);
                if (await file.FindFaultAsync(part, token) is { } fault)
                {
                    // Resuming damaged bytes would never heal them.
                    File.Delete(part);
                    throw new InvalidDataException($"{id}/{file.Name}: expected the file the hub announced, found {fault}. Try again later.");
                }
            },
            cancellationToken);
        File.Move(part, path, overwrite: true);
    }

    public void Dispose()
    {
        asking.Dispose();
        reading.Dispose();
    }

    private Uri Address(string id, string file, string revision = "main") => new(options.Endpoint, $"{id}/resolve/{revision}/{file}");

    private async Task<HubFile?> AskAsync(string id, string file, CancellationToken cancellationToken)
    {
        var address = Address(id, file);
        string? commit = null, checksum = null;
        long? size = null;
        for (var hop = 0; hop < MaxRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            // Compressed answers would announce the wrong size.
            request.Headers.AcceptEncoding.ParseAdd("identity");
            using var response = await asking.SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized)
                return null;
            commit ??= Header(response, "X-Repo-Commit");
            checksum ??= Header(response, "X-Linked-ETag");
            size ??= long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked : null;
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                // The content store's own headers say nothing about the repository: its redirect ends the questions.
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

    private async Task ReadOnAsync(string id, HubFile file, string part, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (have > 0 && have == file.Size)
            return;
        // Bytes after the announced end, or of a file whose end is unknown, cannot be told from damage.
        if (file.Size is null || have > file.Size)
            have = 0;

        using var request = new HttpRequestMessage(HttpMethod.Get, Address(id, file.Name, file.Commit ?? "main"));
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            stall.CancelAfter(options.StallTimeout);
            using var response = await reading.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            response.EnsureSuccessStatusCode();
            var resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
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
            throw new IOException($"{id}/{file.Name}: expected bytes, found none for {options.StallTimeout.TotalSeconds} s. Check the connection.");
        }
    }

    private static bool IsTransient(HttpRequestException e) =>
        e.StatusCode is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim('"') : null;
}
