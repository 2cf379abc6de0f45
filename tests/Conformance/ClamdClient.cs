using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Conformance;

/// <summary>Speaks the clamd protocol from the client's side, one connection a command.</summary>
internal sealed class ClamdClient(Func<Task<Socket>> connect)
{
    public static ClamdClient Tcp(int port) => new(async () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        return socket;
    });

    public static ClamdClient Unix(string path) => new(async () =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return socket;
    });

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    public async Task<string> SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using var socket = await connect();
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(bytes);
        return await ReadToEndAsync(stream);
    }

    public Task<string> SendAsync(string command) => SendRawAsync(Encoding.Latin1.GetBytes(command));

    /// <summary><c>zINSTREAM</c> with chunks of the given size.</summary>
    public async Task<string> StreamAsync(ReadOnlyMemory<byte> content, int chunk = 65536)
    {
        using var socket = await connect();
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync("zINSTREAM\0"u8.ToArray());
        var length = new byte[4];
        for (var at = 0; at < content.Length; at += chunk)
        {
            var part = content.Slice(at, Math.Min(chunk, content.Length - at));
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            await stream.WriteAsync(length);
            await stream.WriteAsync(part);
        }

        await stream.WriteAsync(new byte[4]);
        return await ReadToEndAsync(stream);
    }

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var answer = new MemoryStream();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await stream.CopyToAsync(answer, timeout.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
