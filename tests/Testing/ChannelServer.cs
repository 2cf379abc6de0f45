using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>Serves a folder over HTTP on a free loopback port, keeps a log of requests, and fails on request.</summary>
public sealed class ChannelServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<string, Planned> _faults = new(StringComparer.Ordinal);

    private ChannelServer(string folder)
    {
        _folder = Path.GetFullPath(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Base URL with port, ends with a slash.</summary>
    public string Url => _application.Urls.Single() + "/";

    /// <summary>Paths that were asked for, such as <c>/metadata/timestamp.json</c>, oldest first.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public static async Task<ChannelServer> StartAsync(string folder)
    {
        var server = new ChannelServer(folder);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Answers requests whose path contains <paramref name="pathPart"/> with a fault.</summary>
    /// <param name="pathPart">Such as <c>timestamp.json</c>; empty = every path.</param>
    /// <param name="times">So often; then normally again.</param>
    public void Fail(string pathPart, ServerFault fault, int times = int.MaxValue) =>
        _faults[pathPart] = new Planned(fault, times);

    /// <summary>Forgets every fault.</summary>
    public void Heal() => _faults.Clear();

    public void ClearRequests() => _requests.Clear();

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        _requests.Enqueue(path);
        var fault = Take(path) ?? new ServerFault();
        if (fault.Until is { } until && !fault.StallsInBody)
        {
            await until.WaitAsync(context.RequestAborted);
        }

        if (fault.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = fault.RetryAfter;
        }

        var file = Path.GetFullPath(Path.Combine(_folder, path.TrimStart('/')));
        if (fault.Status is { } status)
        {
            context.Response.StatusCode = status;
        }
        else if (!file.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            await SendAsync(context, await File.ReadAllBytesAsync(file, context.RequestAborted), fault);
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] content, ServerFault fault)
    {
        byte[] body = [.. content.AsSpan(0, (int)Math.Min(content.Length, fault.CutTo ?? content.Length)), .. new byte[fault.ExtraBytes]];
        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.ContentLength = fault.IsEndless ? null : body.Length;
        if (fault.StallsInBody)
        {
            await response.Body.WriteAsync(body.AsMemory(0, 1), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await fault.Until!.WaitAsync(context.RequestAborted);
            body = body[1..];
        }

        if (fault.DropAfter is { } dropAfter)
        {
            await response.Body.WriteAsync(body.AsMemory(0, (int)Math.Min(dropAfter, body.Length)), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
            return;
        }

        await response.Body.WriteAsync(body, context.RequestAborted);
        while (fault.IsEndless && !context.RequestAborted.IsCancellationRequested)
        {
            await response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
        }
    }

    private ServerFault? Take(string path)
    {
        foreach (var (part, planned) in _faults)
        {
            if (path.Contains(part, StringComparison.Ordinal) && planned.TryUse())
            {
                return planned.Fault;
            }
        }

        return null;
    }

    private sealed class Planned(ServerFault fault, int times)
    {
        private int _left = times;

        public ServerFault Fault => fault;

        public bool TryUse() => Interlocked.Decrement(ref _left) >= 0;
    }
}
