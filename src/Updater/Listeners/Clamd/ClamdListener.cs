using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Updater.Listeners.Clamd;

/// <summary>Accepts connections on sockets that are already bound, as many at a time as allowed.</summary>
internal sealed class ClamdListener(
    IReadOnlyList<Socket> sockets, string? unixPath, ClamdService service, ILogger<ClamdListener> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly SemaphoreSlim _connections = new(service.Options.MaxConnections);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private Task[] _accepting = [];

    /// <summary>Addresses as a client would name them.</summary>
    public IReadOnlyList<string> Addresses { get; } =
        [.. sockets.Select(s => s.LocalEndPoint is IPEndPoint ip ? ip.ToString() : unixPath!)];

    public int Connections => _running.Count;

    public void Start() => _accepting = [.. sockets.Select(AcceptAsync)];

    /// <summary>Takes no more connections, lets running commands finish until <paramref name="drain"/> is cancelled.</summary>
    public async Task StopAsync(CancellationToken drain)
    {
        await _stopping.CancelAsync();
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_accepting);
        var running = Task.WhenAll(_running.Keys);
        try
        {
            await running.WaitAsync(drain);
        }
        catch (OperationCanceledException)
        {
            await _abort.CancelAsync();
            await running;
        }

        if (unixPath is not null)
        {
            File.Delete(unixPath);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
        _abort.Dispose();
        _connections.Dispose();
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _connections.WaitAsync(_stopping.Token);
                var client = await listening.AcceptAsync(_stopping.Token);
                Serve(client);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // A client that left the queue, or too many open files: the next one may be luckier.
                _connections.Release();
                ListenerLog.AcceptFailed(logger, e.SocketErrorCode.ToString());
                await Task.Delay(TimeSpan.FromMilliseconds(20), service.Time, CancellationToken.None);
            }
        }
    }

    private void Serve(Socket client)
    {
        var task = ServeAsync(client);
        _running.TryAdd(task, 0);
        _ = task.ContinueWith(
            (done, _) => _running.TryRemove(done, out byte _), null, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            var isLocal = client.RemoteEndPoint is not IPEndPoint ip || IPAddress.IsLoopback(ip.Address);
            await new ClamdConnection(client, service, isLocal).RunAsync(_stopping.Token, _abort.Token);
        }
#pragma warning disable CA1031 // A fault in one connection's work must not take the listener down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ListenerLog.ConnectionFailed(logger, e);
        }
        finally
        {
            client.Dispose();
            _connections.Release();
        }
    }
}
