using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Updater.Configuration;

/// <summary>An address with port: <c>127.0.0.1:3310</c>, <c>[::1]:3310</c>, <c>[fe80::1%eth0]:3310</c> (M-270).</summary>
internal static class ListenAddress
{
    public const string Forms = "ADDRESS:PORT with a numeric address, such as 127.0.0.1:3310 or [::1]:3310; port 0 picks a free one";

    /// <summary>Host names are refused: what they mean may change under a running service.</summary>
    public static bool TryParse(string text, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text.AsSpan(0, colon);
        var isBracketed = host[0] == '[' && host[^1] == ']';
        if (isBracketed)
        {
            host = host[1..^1];
        }

        if (!IPAddress.TryParse(host, out var address)
            || isBracketed != (address.AddressFamily == AddressFamily.InterNetworkV6)
            || (!isBracketed && host.Count('.') != 3))
        {
            return false;
        }

        endPoint = new IPEndPoint(address, port);
        return true;
    }
}
