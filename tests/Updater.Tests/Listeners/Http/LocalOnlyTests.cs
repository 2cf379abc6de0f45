using System.Net;
using Microsoft.AspNetCore.Http;
using Updater.Listeners.Http;

namespace Updater.Tests.Listeners.Http;

public sealed class LocalOnlyTests
{
    [Theory]
    [InlineData("localhost:8310")]
    [InlineData("LocalHost")]
    [InlineData("127.0.0.1:8310")]
    [InlineData("127.8.9.10")]
    [InlineData("[::1]:8310")]
    public void A_name_of_this_machine_may_change_things(string host) => Assert.Null(LocalOnly.Check(Request(host)));

    [Theory]
    [InlineData("evil.example:8310")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.0.2.1")]
    [InlineData("[::2]")]
    [InlineData("")]
    public void Any_other_name_may_not_even_when_the_page_has_the_same(string host)
    {
        Assert.NotNull(LocalOnly.Check(Request(host)));
        Assert.NotNull(LocalOnly.Check(Request(host, $"http://{host}")));
    }

    [Fact]
    public void A_page_of_another_site_and_another_machine_may_not()
    {
        Assert.NotNull(LocalOnly.Check(Request("localhost:8310", "http://localhost:9999")));
        Assert.NotNull(LocalOnly.Check(Request("localhost", remote: IPAddress.Parse("192.0.2.7"))));
        Assert.Null(LocalOnly.Check(Request("localhost:8310", "http://localhost:8310")));
    }

    private static DefaultHttpContext Request(string host, string? origin = null, IPAddress? remote = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote ?? IPAddress.Loopback;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        return context;
    }
}
