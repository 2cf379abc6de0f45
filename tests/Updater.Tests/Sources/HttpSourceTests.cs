using System.Text;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

/// <summary>What a hostile or broken server may do, over real loopback sockets (update-side.md §3 rows 6, 7, 17, 21).</summary>
public sealed class HttpSourceTests : IDisposable
{
    private readonly HttpClient _client = HttpSource.CreateClient();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Fetches_a_file_without_asking_for_compression()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Ok("hello")));

        Assert.Equal("hello", await Fetch(server, "metadata/1.%2Fx.json"));

        Assert.StartsWith("GET /channel/metadata/1.%2Fx.json HTTP/1.1\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("Accept-Encoding: identity\r\n", server.Requests[0], StringComparison.Ordinal);
        Assert.Contains("User-Agent: updater/", server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_without_a_slash_is_a_folder_all_the_same()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Ok(exchange.Path)));
        var source = Source(new Uri(server.Url.AbsoluteUri.TrimEnd('/') + "?token=secret"));

        Assert.Equal("/channel/a", await Fetch(source, "a"));
        Assert.DoesNotContain("secret", source.DisplayUrl, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shown_address_holds_no_secret() =>
        Assert.Equal(
            "https://host.example/a/", Source(new Uri("https://user:secret@host.example/a?key=secret#x")).DisplayUrl);

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    public async Task A_missing_file_is_no_error_and_is_asked_for_once(string status)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Status(status)));

        Assert.Null(await Source(server.Url).CopyAsync("x", Stream.Null, 10, Token));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("/x")]
    [InlineData("//other.example/x")]
    [InlineData("http://other.example/x")]
    public async Task A_path_that_leaves_the_base_is_not_asked_for(string path)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Ok("x")));

        Assert.Equal(FailureReason.SourceAnswer, (await Failure(Source(server.Url), path)).Reason);
        Assert.Empty(server.Requests);
    }

    // Size.

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n", "xxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\nxxxxxxxxxxxxxxxx\r\n")]
    [Trait("req", "M-328")]
    public async Task An_endless_body_is_left_at_the_limit(string head, string body)
    {
        long sent = 0;
        await using var server = new RawServer(async exchange =>
        {
            await exchange.SendAsync(head);
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(body, 1000)));
            while (true)
            {
                await exchange.SendAsync(block);
                sent += block.Length;
            }
        });
        using var destination = new MemoryStream();

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => Source(server.Url).CopyAsync("x", destination, 100_000, Token));

        Assert.True(failure.IsTooLong);
        Assert.Equal(0, destination.Length);
        Assert.Single(server.Requests);
        Assert.InRange(sent, 0, 50_000_000); // What the sockets of both sides hold, not more.
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_passes_and_one_byte_more_does_not()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Ok("12345")));

        Assert.Equal("12345", await Fetch(Source(server.Url), "x", maxBytes: 5));
        Assert.True((await Failure(Source(server.Url), "x", maxBytes: 4)).IsTooLong);
    }

    [Fact]
    public async Task Bytes_after_the_declared_length_are_not_content()
    {
        await using var server = new RawServer(
            exchange => exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabcdef"));

        Assert.Equal("abc", await Fetch(server, "x"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n")]
    public async Task A_body_that_ends_early_is_fetched_again_from_its_start(string broken)
    {
        await using var server = new RawServer(exchange => exchange.Number < 3
            ? exchange.SendAsync(broken)
            : exchange.SendAsync(RawServer.Ok("the whole")));
        using var destination = new MemoryStream();
        destination.Write("before "u8);

        var copy = await Source(server.Url).CopyAsync("x", destination, 100, Token);

        Assert.Equal("before the whole", Encoding.ASCII.GetString(destination.ToArray()));
        Assert.Equal(9, copy!.Bytes);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_body_that_always_ends_early_is_an_unreachable_source_after_the_last_retry()
    {
        await using var server = new RawServer(
            exchange => exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));

        Assert.Equal(FailureReason.SourceUnreachable, (await Failure(Source(server.Url), "x")).Reason);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_flood_of_headers_ends_the_request()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\n");
            while (true)
            {
                await exchange.SendAsync($"X-Flood: {new string('x', 4000)}\r\n");
            }
        });

        Assert.Equal(FailureReason.SourceUnreachable, (await Failure(Source(server.Url, retries: 0), "x")).Reason);
    }

    [Fact]
    public async Task A_content_encoding_nobody_asked_for_does_not_change_the_bytes()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\nConnection: close\r\n\r\nraw"));

        Assert.Equal("raw", await Fetch(server, "x"));
    }

    // Time.

    [Fact]
    public async Task A_drip_that_never_ends_meets_the_deadline_of_the_whole_file()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
            while (true)
            {
                await exchange.SendAsync("x");
                await Task.Delay(5, exchange.Stopped);
            }
        });
        var source = Source(
            server.Url, new HttpSourceLimits { Total = TimeSpan.FromMilliseconds(200), MinBytesPerWindow = 1, Retries = 0 });
        using var destination = new MemoryStream();

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.CopyAsync("x", destination, 1 << 20, Token));

        Assert.Equal(FailureReason.Timeout, failure.Reason);
        Assert.Equal(0, destination.Length);
    }

    [Fact]
    public async Task A_drip_below_the_lowest_rate_is_cut_long_before_the_deadline()
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
            while (true)
            {
                await exchange.SendAsync("x");
                await Task.Delay(5, exchange.Stopped);
            }
        });

        Assert.Equal(FailureReason.Timeout, (await Failure(Source(server.Url, ShortWindow), "x")).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.")]
    public async Task A_server_that_falls_silent_is_left(string beginning)
    {
        await using var server = new RawServer(async exchange =>
        {
            await exchange.SendAsync(beginning);
            await exchange.HangAsync();
        });

        var failure = await Failure(Source(server.Url, ShortWindow), "x");

        Assert.Equal(FailureReason.Timeout, failure.Reason);
    }

    [Fact]
    public async Task A_stalled_transfer_is_tried_again()
    {
        await using var server = new RawServer(
            exchange => exchange.Number == 1 ? exchange.HangAsync() : exchange.SendAsync(RawServer.Ok("late")));

        Assert.Equal("late", await Fetch(Source(server.Url, ShortWindow with { Retries = 5 }), "x"));
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_of_the_source()
    {
        using var cancelled = new CancellationTokenSource();
        await using var server = new RawServer(async exchange =>
        {
            await cancelled.CancelAsync();
            await exchange.HangAsync();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Source(server.Url).CopyAsync("x", Stream.Null, 10, cancelled.Token));
    }

    // Answers.

    [Fact]
    public async Task A_server_error_is_asked_again_and_healed()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(
            exchange.Number < 3 ? RawServer.Status("503 Service Unavailable") : RawServer.Ok("healed")));

        Assert.Equal("healed", await Fetch(server, "x"));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_lasting_server_error_is_an_answer_after_the_last_retry()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Status("500 Oops")));

        Assert.Equal(FailureReason.SourceAnswer, (await Failure(Source(server.Url), "x")).Reason);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("Retry-After: 120\r\n", 120)]
    [InlineData("Retry-After: 0\r\n", 1)]
    [InlineData("Retry-After: 99999999\r\n", 86_400)]
    [InlineData("Retry-After: 12.3ms\r\n", 14_400)]
    [InlineData("Retry-After: -5\r\n", 14_400)]
    [InlineData("", 14_400)]
    [Trait("req", "M-316")]
    public async Task A_rate_limit_is_obeyed_clamped_and_never_tried_again(string header, int seconds)
    {
        await using var server = new RawServer(
            exchange => exchange.SendAsync(RawServer.Status("429 Too Many Requests", header)));

        var failure = await Failure(Source(server.Url), "x");

        Assert.Equal(FailureReason.RateLimited, failure.Reason);
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryAfter);
        Assert.Single(server.Requests);
    }

    [Fact]
    [Trait("req", "M-316")]
    public async Task A_forbidden_source_is_left_alone_for_a_day()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Status("403 Forbidden")));

        var failure = await Failure(Source(server.Url), "x");

        Assert.Equal((FailureReason.RateLimited, TimeSpan.FromHours(24), true), (failure.Reason, failure.RetryAfter, failure.IsForbidden));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_wait_longer_than_the_deadline_is_handed_on_instead_of_begun()
    {
        await using var server = new RawServer(
            exchange => exchange.SendAsync(RawServer.Status("503 Service Unavailable", "Retry-After: 3600\r\n")));

        var failure = await Failure(Source(server.Url), "x");

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("204 No Content")]
    [InlineData("206 Partial Content")]
    [InlineData("304 Not Modified")]
    [InlineData("400 Bad Request")]
    [InlineData("401 Unauthorized")]
    public async Task Another_answer_is_not_tried_again(string status)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Status(status)));

        Assert.Equal(FailureReason.SourceAnswer, (await Failure(Source(server.Url), "x")).Reason);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task At_most_three_redirects_are_followed(int redirects, bool arrives)
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(exchange.Number <= redirects
            ? RawServer.Status("302 Found", $"Location: /elsewhere/{exchange.Number}\r\n")
            : RawServer.Ok("arrived")));

        if (arrives)
        {
            Assert.Equal("arrived", await Fetch(server, "x"));
        }
        else
        {
            var failure = await Failure(Source(server.Url), "x");
            Assert.Equal(FailureReason.SourceAnswer, failure.Reason);
            Assert.Contains("the server answered 302. It redirects once more, to /elsewhere/4: more than 3 redirects are not followed.", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("file:///etc/hostname")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("gopher://x")]
    [InlineData("http://")]
    [InlineData("http://a..b_%00/")]
    [InlineData("data:text/plain,x")]
    [InlineData("javascript:x")]
    [InlineData("")]
    public async Task A_redirect_to_another_kind_of_address_is_not_followed(string location)
    {
        await using var server = new RawServer(
            exchange => exchange.SendAsync(RawServer.Status("302 Found", $"Location: {location}\r\n")));

        var failure = await Failure(Source(server.Url), "x");
        Assert.Equal(FailureReason.SourceAnswer, failure.Reason);
        Assert.Matches("the server answered 302. It (redirects to .*, which is not followed|is a redirect that does not say where to)", failure.Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("https://a.example/x", "https://b.example/y", "https://b.example/y")]
    [InlineData("https://a.example/x", "/y", "https://a.example/y")]
    [InlineData("http://a.example/x", "https://b.example/y", "https://b.example/y")]
    [InlineData("https://a.example/x", "http://a.example/x", null)]
    public void A_redirect_never_leaves_https(string from, string location, string? next)
    {
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.Found);
        response.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute);

        Assert.Equal(next, HttpSource.NextUrl(response, new Uri(from))?.AbsoluteUri);
    }

    [Fact]
    public async Task A_closed_port_is_an_unreachable_source()
    {
        var server = new RawServer(exchange => exchange.HangAsync());
        var url = server.Url;
        await server.DisposeAsync();

        Assert.Equal(FailureReason.SourceUnreachable, (await Failure(Source(url), "x")).Reason);
    }

    [Fact]
    public async Task A_server_that_speaks_no_http_is_an_unreachable_source()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync("SSH-2.0-server\r\n"));

        Assert.Equal(FailureReason.SourceUnreachable, (await Failure(Source(server.Url, retries: 0), "x")).Reason);
    }

    [Fact]
    public async Task A_full_disk_is_not_taken_for_a_broken_network()
    {
        await using var server = new RawServer(exchange => exchange.SendAsync(RawServer.Ok("hello")));

        await Assert.ThrowsAsync<IOException>(() => Source(server.Url).CopyAsync("x", new FullStream(), 100, Token));
        Assert.Single(server.Requests);
    }

    private static HttpSourceLimits ShortWindow => new()
    {
        Total = TimeSpan.FromSeconds(30),
        Window = TimeSpan.FromMilliseconds(250),
        MinBytesPerWindow = 1000,
        Retries = 0,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private HttpSource Source(Uri url, int retries = 3) =>
        Source(url, new HttpSourceLimits { Retries = retries, RetryDelay = TimeSpan.FromMilliseconds(1) });

    private HttpSource Source(Uri url, HttpSourceLimits limits) => new(url, _client, limits, TimeProvider.System);

    private Task<string> Fetch(RawServer server, string path) => Fetch(Source(server.Url), path);

    private static async Task<string> Fetch(HttpSource source, string path, long maxBytes = 1000)
    {
        using var destination = new MemoryStream();
        var copy = await source.CopyAsync(path, destination, maxBytes, Token);
        Assert.Equal(destination.Length, copy!.Bytes);
        return Encoding.ASCII.GetString(destination.ToArray());
    }

    private static Task<SourceException> Failure(HttpSource source, string path, long maxBytes = 1000) =>
        Assert.ThrowsAsync<SourceException>(() => source.CopyAsync(path, new MemoryStream(), maxBytes, Token));

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device");
    }
}
