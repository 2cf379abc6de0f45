using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Updater.Tests.Sources;

/// <summary>
/// A loopback server that says exactly what a test wants, byte for byte, lies included. One answer per connection;
/// the connection is closed when the answer returns.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Func<RawExchange, Task> _answer;
    private readonly Task _loop;

    /// <param name="answer">Called with the 1-based number of the request.</param>
    public RawServer(Func<RawExchange, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/channel/");

    /// <summary>The request heads so far.</summary>
    public List<string> Requests { get; } = [];

    public static byte[] Ok(string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

    public static byte[] Status(string statusLine, string headers = "") =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {statusLine}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");

    public async ValueTask DisposeAsync()
    {
        // Stopped only after the loop has left: accepting on a stopped listener is an error of its own.
        await _stopped.CancelAsync();
        await _loop;
        _listener.Stop();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        var exchanges = new List<Task>();
        try
        {
            while (true)
            {
                exchanges.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopped.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(exchanges);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
                    && await stream.ReadAsync(buffer, _stopped.Token) > 0)
                {
                    head.Append((char)buffer[0]);
                }

                int number;
                lock (Requests)
                {
                    Requests.Add(head.ToString());
                    number = Requests.Count;
                }

                await _answer(new RawExchange(number, head.ToString(), stream, _stopped.Token));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client went away, as many tests want it to.
        }
    }
}

/// <param name="Number">1 for the first request.</param>
internal sealed record RawExchange(int Number, string Head, Stream Stream, CancellationToken Stopped)
{
    public string Path => Head.Split(' ')[1];

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes, Stopped);

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Says nothing more until the server stops.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, Stopped);
}
