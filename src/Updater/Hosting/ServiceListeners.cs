using System.Net.Sockets;
using Updater.Configuration;
using Updater.Listeners;
using Updater.Listeners.Clamd;
using Updater.Listeners.Http;
using Updater.Updates;

namespace Updater.Hosting;

/// <summary>All listeners of the service: bound together, started together, drained together.</summary>
internal sealed class ServiceListeners : IAsyncDisposable
{
    private readonly List<string> _leftFiles = [];
    private ClamdListener? _clamd;
    private ApiServer? _api;

    /// <summary>Addresses of the clamd protocol as a client would name them.</summary>
    public IReadOnlyList<string> Clamd => _clamd?.Addresses ?? [];

    public IReadOnlyList<string> Http => _api?.Addresses ?? [];

    /// <exception cref="ListenException">An address cannot be listened on; nothing is served then.</exception>
    public static async Task<ServiceListeners> StartAsync(
        ServiceCore service, UpdaterOptions options, TimeProvider time, Action<string> warn, CancellationToken cancellationToken)
    {
        var listeners = new ServiceListeners();
        var sockets = new List<Socket>();
        try
        {
            var core = service.Core;
            var clamd = options.Listeners.Clamd;
            if (clamd.Enabled)
            {
                listeners._clamd = listeners.OpenClamd(service, clamd, time, warn, sockets);
            }

            List<Socket> http = options.Listeners.Http.Enabled
                ? ListenSockets.BindTcp(options.Listeners.Http.Addresses, "listeners.http.addresses", warn)
                : [];
            sockets.AddRange(http);
            var control = listeners.BindUnix(core.Folders.ControlSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite, "--data");
            sockets.Add(control);
            listeners._api = ApiServer.Create(
                http, control, core.Log.Factory, routes => Composition.MapRoutes(routes, service, options, time));
            await listeners._api.StartAsync(cancellationToken);
            listeners._clamd?.Start();
            return listeners;
        }
        catch
        {
            sockets.ForEach(s => s.Dispose());
            await listeners.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes nothing new and lets what runs finish until <paramref name="drain"/> is cancelled.</summary>
    public async Task StopAsync(CancellationToken drain)
    {
        await Task.WhenAll(_clamd?.StopAsync(drain) ?? Task.CompletedTask, _api?.StopAsync(drain) ?? Task.CompletedTask);
        _leftFiles.ForEach(File.Delete);
    }

    public async ValueTask DisposeAsync()
    {
        if (_clamd is not null)
        {
            await _clamd.DisposeAsync();
        }

        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        _leftFiles.ForEach(File.Delete);
    }

    private ClamdListener OpenClamd(
        ServiceCore service, ClamdOptions clamd, TimeProvider time, Action<string> warn, List<Socket> sockets)
    {
        var core = service.Core;
        var bound = ListenSockets.BindTcp(clamd.Tcp, "listeners.clamd.tcp", warn);
        sockets.AddRange(bound);
        string? unixPath = null;
        if (clamd.Unix.Length > 0)
        {
            unixPath = Path.Combine(core.Folders.Root, clamd.Unix);
            const UnixFileMode groupToo = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
            var socket = BindUnix(unixPath, groupToo, "--set listeners.clamd.unix=PATH");
            bound.Add(socket);
            sockets.Add(socket);
        }

        var shared = new ClamdService(
            service.Scans,
            clamd,
            service.ScratchFolder,
            () => ClamdReplies.Version(clamd.VersionName, core.Board.Current, time.LocalTimeZone),
            () => core.Updates.Coordinator.Request(new UpdateRequest(UpdateTrigger.Command)),
            time);
        return new ClamdListener(bound, unixPath, shared, core.Log.Factory.CreateLogger<ClamdListener>());
    }

    private Socket BindUnix(string path, UnixFileMode mode, string option)
    {
        var socket = ListenSockets.BindUnix(path, mode, option);
        _leftFiles.Add(path);
        return socket;
    }
}
