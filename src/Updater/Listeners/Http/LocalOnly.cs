using System.Net;

namespace Updater.Listeners.Http;

/// <summary>
/// Who may change things: this machine's own users and programs. Web pages run on this machine too, so a request that a
/// browser sent for another site is refused as well (users.md pain 39). A name that somebody else's DNS points at this
/// machine makes such a page "the same site": so the name must be one that means this machine by definition.
/// </summary>
internal static class LocalOnly
{
    /// <summary>Null when the request may pass, else the answer.</summary>
    public static IResult? Check(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress;
        if (remote is not null && !IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote))
        {
            return Problems.Forbidden("Changes are taken over loopback and the control socket only.");
        }

        if (!IsThisMachine(context.Request.Host.Host))
        {
            return Problems.Forbidden(
                "Changes are taken under the names localhost, 127.0.0.1 and [::1] only, whatever else leads here: say one of these in the address.");
        }

        var origin = context.Request.Headers.Origin.FirstOrDefault();
        return origin is null || origin == $"{context.Request.Scheme}://{context.Request.Host}"
            ? null
            : Problems.Forbidden("Changes are not taken from web pages of another site.");
    }

    /// <param name="host">As in the Host header, without the port; an IPv6 address in brackets.</param>
    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
