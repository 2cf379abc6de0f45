using System.Net;

namespace Updater.Listeners.Http;

/// <summary>
/// Who may change things: this machine's own users and programs. Web pages run on this machine too, so a request that a
/// browser sent for another site is refused as well (users.md pain 39).
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

        var origin = context.Request.Headers.Origin.FirstOrDefault();
        return origin is null || origin == $"{context.Request.Scheme}://{context.Request.Host}"
            ? null
            : Problems.Forbidden("Changes are not taken from web pages of another site.");
    }
}
