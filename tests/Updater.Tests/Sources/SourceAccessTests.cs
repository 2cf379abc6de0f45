using System.Text;
using Testing;
using Updater.Configuration;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

/// <summary>How a source reaches its servers: token, proxy, agent, conditions and ranges.</summary>
public sealed class SourceAccessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SourceFactory _factory = new(new UpdatesOptions { Retries = 0 }, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_goes_to_the_configured_server_and_to_no_other()
    {
        await using var other = new RawServer(exchange => exchange.SendAsync(RawServer.Ok("there")));
        var elsewhere = other.Url.AbsoluteUri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using var server = new RawServer(exchange => exchange.SendAsync(
            exchange.Path.EndsWith("/moved", StringComparison.Ordinal) ? RawServer.Status("302 Found", $"Location: {elsewhere}x\r\n") : RawServer.Ok("here")));
        var source = Create(server.Url.AbsoluteUri, new AccessOptions { Token = "file:" + _folder.Write("token", "geheim\n"), UserAgent = "ClamAV/1.4.6 (OS: Linux, UUID: x)" });
        await FetchAsync(source, new SourceRequest("plain", 100));
        await FetchAsync(source, new SourceRequest("moved", 100));
        Assert.All(server.Requests, request => Assert.Contains("Authorization: Bearer geheim\r\n", request, StringComparison.Ordinal));
        Assert.Contains("User-Agent: ClamAV/1.4.6 (OS: Linux, UUID: x)\r\n", server.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", Assert.Single(other.Requests), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("req", "M-300")]
    public async Task A_proxy_is_asked_for_the_whole_address_with_its_password()
    {
        await using var proxy = new RawServer(exchange => exchange.SendAsync(
            exchange.Head.Contains("Proxy-Authorization: Basic", StringComparison.Ordinal)
                ? RawServer.Ok("through")
                : RawServer.Status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\"\r\n")));
        var source = Create("http://mirror.example/db/", new AccessOptions
        {
            Proxy = proxy.Url.GetLeftPart(UriPartial.Authority),
            ProxyCredentials = "file:" + _folder.Write("proxy", "user:pass:word"),
        });
        Assert.Equal("through", (await FetchAsync(source, new SourceRequest("daily.cvd", 100))).Text);
        Assert.StartsWith("GET http://mirror.example/db/daily.cvd HTTP/1.1\r\n", proxy.Requests[^1], StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("user:pass:word"u8), proxy.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_behind_a_proxy_names_the_proxy()
    {
        var source = Create("http://mirror.example/db/", new AccessOptions { Proxy = "http://127.0.0.1:9" });
        var failure = await Assert.ThrowsAsync<SourceException>(() => FetchAsync(source, new SourceRequest("x", 100)));
        Assert.Contains("through the proxy http://127.0.0.1:9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_certificates_is_a_mistake_of_the_configuration()
    {
        var empty = _folder.Write("ca.pem", "nothing");
        Assert.Equal(
            FailureReason.Configuration,
            Assert.Throws<SourceException>(() => Create("https://mirror.example/", new AccessOptions { CaFile = empty })).Reason);
    }

    [Theory]
    [InlineData("200 OK", "", 10)]
    [InlineData("206 Partial Content", "Content-Range: bytes 0-9/600\r\n", 10)]
    public async Task Only_the_beginning_is_read_whatever_the_server_sends(string status, string headers, int bytes)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\n{headers}Content-Length: 600\r\nConnection: close\r\n\r\n{new string('x', 600)}")));
        var (reply, text) = await FetchAsync(Create(server.Url.AbsoluteUri), new SourceRequest("a", bytes) { FirstBytes = bytes });
        Assert.Equal(bytes, reply!.Bytes);
        Assert.Equal(bytes, text.Length);
        Assert.Contains("Range: bytes=0-9\r\n", server.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("206 Partial Content", "")]
    [InlineData("206 Partial Content", "Content-Range: bytes 5-9/10\r\n")]
    [InlineData("304 Not Modified", "")]
    public async Task An_answer_to_what_was_not_asked_fails(string status, string headers)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Status(status, headers)));
        var failure = await Assert.ThrowsAsync<SourceException>(
            () => FetchAsync(Create(server.Url.AbsoluteUri), new SourceRequest("a", 100)));
        Assert.Equal(FailureReason.SourceAnswer, failure.Reason);
    }

    [Fact]
    public async Task Validators_go_out_as_they_came_in()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(
            exchange.Head.Contains("If-None-Match: W/\"x1\"\r\n", StringComparison.Ordinal)
                ? RawServer.Status("304 Not Modified", "ETag: W/\"x1\"\r\n")
                : Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nETag: W/\"x1\"\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")));
        var source = Create(server.Url.AbsoluteUri);
        var (first, _) = await FetchAsync(source, new SourceRequest("a", 100));
        Assert.Equal("W/\"x1\"", first!.Tag);
        var (second, text) = await FetchAsync(source, new SourceRequest("a", 100) { IfNoneMatch = first.Tag });
        Assert.True(second!.IsNotModified);
        Assert.Empty(text);
    }

    [Fact]
    public async Task A_damaged_state_file_is_as_good_as_none()
    {
        var path = _folder.Path("trust/x/source.json");
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        await new SourceState(path).LeaveAloneAsync("http://a/", new CoolDown(now.AddHours(1), "429"), Token);
        Assert.Equal("429", new SourceState(path).FindCoolDown("http://a/", now)?.Reason);
        Assert.Null(new SourceState(path).FindCoolDown("http://a/", now.AddHours(2)));
        var good = await File.ReadAllBytesAsync(path, Token);
        for (var at = 0; at < good.Length; at += 3)
        {
            byte[] changed = [.. good];
            changed[at] ^= 0x15;
            await File.WriteAllBytesAsync(path, changed, Token);
            _ = new SourceState(path).FindCoolDown("http://a/", now);
        }
    }

    public void Dispose()
    {
        _factory.Dispose();
        _folder.Dispose();
    }

    private IConditionalSource Create(string url, AccessOptions? access = null) =>
        _factory.CreateSource(new SourceOptions { Name = "x", Url = url, Access = access ?? new AccessOptions { Proxy = "none" } });

    private static async Task<(SourceReply? Reply, string Text)> FetchAsync(IConditionalSource source, SourceRequest request)
    {
        using var content = new MemoryStream();
        var reply = await source.FetchAsync(request, content, Token);
        return (reply, Encoding.ASCII.GetString(content.ToArray()));
    }
}
