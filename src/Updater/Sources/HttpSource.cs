using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Definitions;
using Polly;
using Polly.Retry;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>How an <see cref="HttpSource"/> bounds and repeats its requests.</summary>
internal sealed record HttpSourceLimits
{
    /// <summary>Connect to last byte of one file, retries and their waits included.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// In each window of this length at least <see cref="MinBytesPerWindow"/> must arrive, headers within the first
    /// (slow retrieval, tuf-client.md §4).
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>About 1 KB/s with the default window. A file that ends sooner needs no more than its own bytes.</summary>
    public long MinBytesPerWindow { get; init; } = 32 << 10;

    /// <summary>Retries after the first try; 0 = none.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Before the first retry; doubled and jittered for the next.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// A channel served over HTTP or HTTPS. Bounded in bytes, time and rate whatever the server says or does; repeats what
/// may heal by itself (network, 5xx), and never what asks to be left alone (403, 429). Thread-safe.
/// </summary>
/// <remarks>
/// The content is asked for without compression. A <c>Content-Encoding</c> that comes all the same is not looked at:
/// some servers send it as a description of <c>.zst</c> files, and the signed hashes decide what the bytes are.
/// </remarks>
internal sealed class HttpSource : IConditionalSource
{
    private const int MaxRedirects = 3;

    private readonly HttpClient _client;
    private readonly Uri _base;
    private readonly HttpSourceLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="baseUrl">Absolute; treated as a folder whether or not it ends with <c>/</c>.</param>
    /// <param name="client">From <see cref="CreateClient"/>; not disposed here.</param>
    public HttpSource(Uri baseUrl, HttpClient client, HttpSourceLimits limits, TimeProvider time)
    {
        _base = new UriBuilder(baseUrl) { Query = "", Fragment = "", Path = baseUrl.AbsolutePath.TrimEnd('/') + '/' }.Uri;
        DisplayUrl = _base.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _client = client;
        _limits = limits;
        _time = time;
    }

    public string DisplayUrl { get; }

    /// <summary>Sent as a bearer token to the configured server, and to no other that it redirects to. Null = none.</summary>
    public string? Token { get; init; }

    /// <summary>The proxy, for messages; null = none is configured.</summary>
    public string? Via { get; init; }

    /// <summary>A client for any number of sources, with nothing configured.</summary>
    public static HttpClient CreateClient() => SourceClient.Create(new Configuration.AccessOptions(), []);

    /// <inheritdoc/>
    public async Task<SourceCopy?> CopyAsync(
        string path, Stream destination, long maxBytes, CancellationToken cancellationToken) =>
        await FetchAsync(new SourceRequest(path, maxBytes), destination, cancellationToken) is { } reply
            ? new SourceCopy(reply.Bytes)
            : null;

    /// <inheritdoc/>
    public async Task<SourceReply?> FetchAsync(SourceRequest request, Stream destination, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limits.Total, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var started = _time.GetTimestamp();
        try
        {
            return await RetriesWithin(started).ExecuteAsync(
                async token => await TryOnceAsync(request, destination, token), both.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(
                FailureReason.Timeout, $"{DisplayUrl}{request.Path} did not arrive within {_limits.Total}.", null, e);
        }
    }

    /// <summary>The body copy is inside: a pipeline around the request alone would end with the headers.</summary>
    private ResiliencePipeline<SourceReply?> RetriesWithin(long started)
    {
        if (_limits.Retries == 0)
        {
            return ResiliencePipeline<SourceReply?>.Empty;
        }

        return new ResiliencePipelineBuilder<SourceReply?> { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions<SourceReply?>
            {
                MaxRetryAttempts = _limits.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _limits.RetryDelay,
                MaxDelay = _limits.RetryDelay * 8,
                ShouldHandle = arguments => ValueTask.FromResult(MayHeal(arguments.Outcome.Exception, started)),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as SourceException)?.RetryAfter),
            })
            .Build();
    }

    /// <summary>A wait that the deadline would cut is not begun: the caller learns at once, with the wait asked for.</summary>
    private bool MayHeal(Exception? exception, long started) =>
        exception is SourceException { IsRepeatable: true } failure
        && (failure.RetryAfter is not { } wait || _time.GetElapsedTime(started) + wait < _limits.Total);

    private async Task<SourceReply?> TryOnceAsync(SourceRequest wanted, Stream destination, CancellationToken cancellationToken)
    {
        var path = wanted.Path;
        using var rate = new TransferRate(_limits.Window, _limits.MinBytesPerWindow, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(rate.Token, cancellationToken);
        try
        {
            using var response = await RequestAsync(UrlOf(path), wanted, both.Token);
            var (tag, modified) = (response.Headers.ETag?.ToString(), response.Content.Headers.LastModified);
            if (response.StatusCode == HttpStatusCode.NotModified && wanted is not { IfModifiedSince: null, IfNoneMatch: null })
            {
                return new SourceReply(0, IsNotModified: true, tag, modified);
            }

            if (!DemandContent(response, wanted))
            {
                return null;
            }

            // No word of the server about the length is believed, so Content-Length is not even looked at here.
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            await using var limited = StreamStart.Of(body, wanted.FirstBytes);
            var bytes = await BoundedCopy.RunAsync(limited, destination, wanted.MaxBytes, DisplayUrl + path, rate.Add, both.Token);
            return new SourceReply(bytes, IsNotModified: false, tag, modified);
        }
        catch (HttpRequestException e)
        {
            throw new SourceException(
                FailureReason.SourceUnreachable, $"{DisplayUrl} cannot be reached{Through()}. {Innermost(e).Message}", null, e)
            {
                IsRepeatable = true,
            };
        }
        catch (OperationCanceledException e) when (rate.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(
                FailureReason.Timeout,
                $"{DisplayUrl}{path} came slower than {_limits.MinBytesPerWindow} bytes in {_limits.Window}.",
                null,
                e)
            {
                IsRepeatable = true,
            };
        }
    }

    /// <summary>Follows up to three redirects, to any host: the content is verified, not the server.</summary>
    private async Task<HttpResponseMessage> RequestAsync(Uri url, SourceRequest wanted, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = Message(url, wanted);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (redirects == MaxRedirects || NextUrl(response, url) is not { } next)
            {
                return response;
            }

            response.Dispose();
            url = next;
        }
    }

    private HttpRequestMessage Message(Uri url, SourceRequest wanted)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (wanted.FirstBytes is { } first)
        {
            request.Headers.Range = new RangeHeaderValue(0, first - 1);
        }

        request.Headers.IfModifiedSince = wanted.IfModifiedSince;
        if (wanted.IfNoneMatch is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
        {
            request.Headers.IfNoneMatch.Add(parsed);
        }

        if (Token is not null && Uri.Compare(url, _base, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        return request;
    }

    private string Through() => Via is null ? "" : $" through the proxy {Via}";

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Why a redirect came to its end here. Queries are left out: they may hold secrets.</summary>
    private static string RedirectEnd(HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
        {
            return "It is a redirect that does not say where to.";
        }

        var target = PlainText.Of(location.OriginalString.Split('?', '#')[0]);
        return NextUrl(response, response.RequestMessage!.RequestUri!) is null
            ? $"It redirects to {target}, which is not followed: redirects lead to http or https, and never from https to http."
            : string.Create(CultureInfo.InvariantCulture, $"It redirects once more, to {target}: more than {MaxRedirects} redirects are not followed.");
    }

    /// <summary>Where a redirect leads; null when it is none, or one that is not followed.</summary>
    internal static Uri? NextUrl(HttpResponseMessage response, Uri from)
    {
        if (!IsRedirect(response.StatusCode)
            || response.Headers.Location is not { } location
            || !Uri.TryCreate(from, location, out var next))
        {
            return null;
        }

        // Never from HTTPS to HTTP: the trust does not need it, but whoever configured HTTPS meant it.
        var isAllowed = next.Scheme == Uri.UriSchemeHttps
            || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return isAllowed && next.HostNameType is (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)
            ? next
            : null;
    }

    /// <summary>Relative, already encoded. A path that would leave the base is refused here, not normalised.</summary>
    private Uri UrlOf(string path)
    {
        var url = new Uri(_base, path);
        return url.AbsoluteUri.StartsWith(_base.AbsoluteUri, StringComparison.Ordinal)
            && !path.Split('/').Any(part => part is "" or "." or "..")
                ? url
                : throw new SourceException(FailureReason.SourceAnswer, $"'{path}' leads outside of {DisplayUrl}.");
    }

    /// <returns>False: the file does not exist.</returns>
    private bool DemandContent(HttpResponseMessage response, SourceRequest wanted)
    {
        var wait = SourcePolicy.ReadRetryAfter(response.Headers.RetryAfter, _time.GetUtcNow());
        var answer = $"{DisplayUrl}{wanted.Path}: the server answered {(int)response.StatusCode}.";
        return response.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.PartialContent when wanted.FirstBytes is not null
                && response.Content.Headers.ContentRange is { From: 0 } => true,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => false,
            HttpStatusCode.TooManyRequests => throw new SourceException(
                FailureReason.RateLimited, answer, wait ?? SourcePolicy.RateLimitedWait),
            HttpStatusCode.Forbidden => throw Forbidden(answer),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => throw Repeatable(answer, wait),
            var status when IsRedirect(status) => throw new SourceException(FailureReason.SourceAnswer, $"{answer} {RedirectEnd(response)}", wait),
            _ => throw new SourceException(FailureReason.SourceAnswer, answer, wait),
        };
    }

    private static SourceException Forbidden(string answer) =>
        new(FailureReason.RateLimited, answer, SourcePolicy.ForbiddenWait) { IsForbidden = true };

    private static SourceException Repeatable(string answer, TimeSpan? wait) =>
        new(FailureReason.SourceAnswer, answer, wait) { IsRepeatable = true };

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
