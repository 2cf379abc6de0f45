using System.Net.Sockets;

namespace Updater.Listeners.Clamd;

/// <summary>The receiving side of a connection: bytes that came and were not used yet.</summary>
internal sealed class ClamdInput(Socket socket, TimeProvider time)
{
    private readonly byte[] _buffer = new byte[65_536];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start, _end - _start);

    public void Consume(int bytes)
    {
        _start += bytes;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Waits for more bytes.</summary>
    /// <returns>False when the client has ended its side.</returns>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async ValueTask<bool> ReceiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end), either.Token);
            _end += received;
            return received > 0;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>Reads on and forgets, until the client ends its side or the time is over.</summary>
    public async ValueTask DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (await socket.ReceiveAsync(_buffer, either.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Over either way: this only gives the client time to read the last answer.
        }
    }
}
