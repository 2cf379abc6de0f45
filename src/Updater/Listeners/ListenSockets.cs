using System.Net;
using System.Net.Sockets;
using Updater.Configuration;

namespace Updater.Listeners;

/// <summary>An address could not be listened on; the message names address, reason and option.</summary>
internal sealed class ListenException(string message, Exception innerException) : Exception(message, innerException);

/// <summary>Opens listening sockets, all before anything is served, so that a busy port stops the start and not a part of it.</summary>
internal static class ListenSockets
{
    private const int Backlog = 512;

    /// <summary>Longest path of a Unix socket on Linux, without the final NUL.</summary>
    private const int MaxUnixPathBytes = 107;

    /// <summary>Binds each address; where the machine has no IPv6 a loopback IPv6 address is skipped with a warning.</summary>
    /// <param name="option">Key path of the setting, for the message.</param>
    /// <exception cref="ListenException">An address is in use or not ours.</exception>
    public static List<Socket> BindTcp(IEnumerable<string> addresses, string option, Action<string> warn)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var address in addresses)
            {
                Bind(address, option, warn, sockets);
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>
    /// Binds a Unix socket under a name of its own and renames it into place: a stale socket is replaced, and nobody can
    /// connect before the mode is set.
    /// </summary>
    /// <exception cref="ListenException">The path is too long or may not be written.</exception>
    public static Socket BindUnix(string path, UnixFileMode mode, string option)
    {
        var temporary = $"{path}.{Environment.ProcessId}";
        if (System.Text.Encoding.UTF8.GetByteCount(temporary) > MaxUnixPathBytes)
        {
            throw new ListenException(
                $"The socket path {path} is too long: a Unix socket path has at most {MaxUnixPathBytes} bytes, ours {temporary.Length} while it is made. Choose a shorter one with {option}.",
                new PathTooLongException());
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(temporary);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, mode);
            }

            File.Move(temporary, path, overwrite: true);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new ListenException($"Cannot listen on {path}: {e.Message} Set {option} to another path.", e);
        }
    }

    private static void Bind(string address, string option, Action<string> warn, List<Socket> bound)
    {
        if (!ListenAddress.TryParse(address, out var endPoint))
        {
            throw new ArgumentException($"'{address}' was not checked.", nameof(address));
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            // No ReuseAddress: on Unix the runtime turns it into SO_REUSEPORT too, and two services would share a port
            // in silence. What a restart needs while old connections linger, the runtime sets by itself.
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            bound.Add(socket);
        }
        catch (SocketException e) when (HasNoIPv6(e, endPoint))
        {
            socket?.Dispose();
            warn($"{option}: {address} is skipped, because this machine has no IPv6");
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new ListenException(Explain(e, address, endPoint.Port, option), e);
        }
    }

    private static bool HasNoIPv6(SocketException e, IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.IPv6Loopback)
        && e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported;

    private static string Explain(SocketException e, string address, int port, string option) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"Port {port} is in use: cannot listen on {address}. Stop what uses it, or choose another with --set {option}=ADDRESS:PORT.",
        SocketError.AccessDenied => $"Not allowed to listen on {address}; ports below 1024 need a privilege. Choose another with --set {option}=ADDRESS:PORT.",
        _ => $"Cannot listen on {address}: {e.Message}. Choose another with --set {option}=ADDRESS:PORT.",
    };
}
