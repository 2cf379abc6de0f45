using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Updater.Listeners.Http;

/// <summary>The HTTP API on sockets that are already bound: TCP addresses and the control socket, one set of routes.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ApiServer(WebApplication application, IReadOnlyList<string> addresses)
    {
        _application = application;
        Addresses = addresses;
    }

    /// <summary><c>http://127.0.0.1:8310</c> and so on, without the control socket.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <param name="tcp">Bound and listening.</param>
    /// <param name="control">Bound and listening Unix socket; null = none.</param>
    /// <param name="map">Adds the routes.</param>
    public static ApiServer Create(
        IReadOnlyList<Socket> tcp, Socket? control, ILoggerFactory loggers, Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = Product.Name, Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = endPoint => Find(endPoint, tcp, control));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var socket in tcp)
            {
                kestrel.Listen((IPEndPoint)socket.LocalEndPoint!);
            }

            if (control is not null)
            {
                kestrel.Listen(control.LocalEndPoint!);
            }
        });

        var application = builder.Build();
        var logger = loggers.CreateLogger<ApiServer>();
        var faults = new RequestFaults(logger);
        application.UseExceptionHandler(failed => failed.Run(context => AnswerFaultAsync(context, logger)));
        application.UseStatusCodePages(pages => Problems.Of(
            pages.HttpContext.Response.StatusCode,
            Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(pages.HttpContext.Response.StatusCode),
            $"{pages.HttpContext.Request.Method} {pages.HttpContext.Request.Path} is nothing this service answers.").ExecuteAsync(pages.HttpContext));
        application.Use((context, next) => faults.InvokeAsync(context, next));
        map(application);
        return new ApiServer(application, [.. tcp.Select(s => $"http://{s.LocalEndPoint}")]);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    /// <summary>Takes no more requests and waits for running ones until cancelled.</summary>
    public Task StopAsync(CancellationToken drain) => _application.StopAsync(drain);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static Socket Find(EndPoint endPoint, IReadOnlyList<Socket> tcp, Socket? control) =>
        endPoint is IPEndPoint ? tcp.Single(s => s.LocalEndPoint!.Equals(endPoint)) : control!;

    private static Task AnswerFaultAsync(HttpContext context, ILogger logger)
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        ListenerLog.RequestFailed(logger, fault!, context.Request.Path);
        return Problems.Of(500, "Internal error", "The request failed; the log of the service says why.").ExecuteAsync(context);
    }

    /// <summary>Signals belong to the service as a whole, not to its web server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
