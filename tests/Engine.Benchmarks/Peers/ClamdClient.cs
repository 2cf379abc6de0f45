using System.Net.Sockets;
using System.Text;

namespace Engine.Benchmarks.Peers;

/// <summary>Speaks the clamd protocol over a Unix socket; the same client for clamd and for our listener.</summary>
internal sealed class ClamdClient(string socketPath)
{
    private const int AnswerMilliseconds = 600_000;

    /// <summary>One command on a connection of its own; the whole answer.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public string Send(string command)
    {
        using var socket = Connect();
        socket.Send(Encoding.UTF8.GetBytes($"z{command}\0"));
        var answer = new MemoryStream();
        var buffer = new byte[65536];
        while (socket.Receive(buffer) is > 0 and var read)
        {
            answer.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>Names found in the file, of every signature that matches.</summary>
    public SortedSet<string> AllMatches(string path) =>
        ScanOutput.NamesByPath(Send($"ALLMATCHSCAN {path}")).GetValueOrDefault(path)
        ?? throw new InvalidOperationException($"{path} was not scanned.");

    /// <summary>Scans the files one after the other in one session.</summary>
    /// <exception cref="InvalidOperationException">An answer is neither clean nor found.</exception>
    public void Session(IReadOnlyList<string> paths)
    {
        using var socket = Connect();
        socket.Send("zIDSESSION\0"u8);
        var buffer = new byte[65536];
        foreach (var path in paths)
        {
            socket.Send(Encoding.UTF8.GetBytes($"zSCAN {path}\0"));
            var answer = ReadAnswer(socket, buffer);
            if (!answer.EndsWith(": OK", StringComparison.Ordinal) && !answer.EndsWith(" FOUND", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(answer);
            }
        }

        socket.Send("zEND\0"u8);
    }

    private static string ReadAnswer(Socket socket, byte[] buffer)
    {
        var length = 0;
        do
        {
            var read = socket.Receive(buffer.AsSpan(length));
            length = read > 0 ? length + read : throw new InvalidOperationException("The session was closed.");
        }
        while (buffer[length - 1] != 0);

        return Encoding.UTF8.GetString(buffer, 0, length - 1);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = AnswerMilliseconds };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
