using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>
/// A mirror on a free loopback port, as clamav-formats.md §2.5 wants one: files by name, ranges, conditions, 404 for what
/// is missing. Keeps a log of requests and fails on request.
/// </summary>
public sealed class MirrorServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Modified)> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServerFault> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();

    private MirrorServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Base URL with port, ends with a slash.</summary>
    public string Url => _application.Urls.Single() + "/";

    /// <summary>Paths asked for and the status that was answered, such as <c>/daily.cvd 206</c>, oldest first.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The <c>Authorization</c> and <c>User-Agent</c> headers of the last request.</summary>
    public (string Authorization, string UserAgent) LastHeaders { get; private set; }

    public static async Task<MirrorServer> StartAsync()
    {
        var server = new MirrorServer();
        await server._application.StartAsync();
        return server;
    }

    /// <param name="modified">Null = the beginning of 2026.</param>
    public void Put(string name, byte[] content, DateTimeOffset? modified = null) =>
        _files["/" + name] = (content, modified ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Remove(string name) => _files.TryRemove("/" + name, out _);

    /// <summary>Answers requests whose path contains <paramref name="pathPart"/> with a fault.</summary>
    public void Fail(string pathPart, ServerFault fault) => _faults[pathPart] = fault;

    public void Heal() => _faults.Clear();

    public void ClearRequests() => _requests.Clear();

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        LastHeaders = (context.Request.Headers.Authorization.ToString(), context.Request.Headers.UserAgent.ToString());
        var fault = _faults.Where(pair => path.Contains(pair.Key, StringComparison.Ordinal)).Select(pair => pair.Value).FirstOrDefault();
        var response = context.Response;
        if (fault?.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = wait;
        }

        if (fault?.Status is { } status)
        {
            response.StatusCode = status;
        }
        else if (!_files.TryGetValue(path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            await SendAsync(context, path, file.Content, file.Modified, fault);
            return;
        }

        _requests.Enqueue($"{path} {response.StatusCode}");
    }

    private async Task SendAsync(HttpContext context, string path, byte[] content, DateTimeOffset modified, ServerFault? fault)
    {
        var response = context.Response;
        response.Headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
        var body = content.AsMemory(0, (int)Math.Min(content.Length, fault?.CutTo ?? content.Length));
        var typed = context.Request.GetTypedHeaders();
        if (typed.IfModifiedSince is { } since && modified <= since)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            _requests.Enqueue($"{path} 304");
            return;
        }

        if (typed.Range?.Ranges.FirstOrDefault() is { From: 0, To: { } last } && last < body.Length)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes 0-{last}/{body.Length}");
            body = body[..(int)(last + 1)];
        }

        _requests.Enqueue($"{path} {response.StatusCode}");
        response.ContentLength = body.Length;
        if (fault?.DropAfter is { } dropAfter)
        {
            await response.Body.WriteAsync(body[..(int)Math.Min(dropAfter, body.Length)], context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
            return;
        }

        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
