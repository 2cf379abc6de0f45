using System.Net;
using System.Net.Sockets;
using System.Text;
using Testing;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>Servers that ask to be left alone, and versions learned from DNS.</summary>
public sealed class MirrorCoolDownTests
{
    public static TheoryData<int, string?, double> Answers => new()
    {
        { 429, "600", 600 },
        { 429, null, 4 * 3600 },
        { 403, null, 24 * 3600 },
    };

    [Theory, MemberData(nameof(Answers))]
    [Trait("req", "M-316")]
    public async Task No_run_asks_before_the_time_is_over_forced_or_not_restarted_or_not(int status, string? retryAfter, double seconds)
    {
        await using var harness = await MirrorHarness.StartAsync();
        harness.Publish(101, "first-text");
        harness.Server.Fail("daily", new ServerFault { Status = status, RetryAfter = retryAfter });
        var report = await harness.FailsAsync(FailureReason.RateLimited);
        var until = harness.Update.Time.GetUtcNow().AddSeconds(seconds);
        Assert.Contains($"{status}", report.Outcome.Describe(), StringComparison.Ordinal);
        var source = harness.Update.Status.Sources.Single();
        Assert.Equal(until, source.CoolDownUntil);
        Assert.Equal(until, Assert.Single(source.Mirrors).CoolDownUntil);

        harness.Server.Heal();
        harness.Server.ClearRequests();
        await harness.Update.RestartAsync();
        Assert.Equal(until, Assert.Single(harness.Update.Status.Sources.Single().Mirrors).CoolDownUntil);
        harness.Update.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        await harness.FailsAsync(FailureReason.RateLimited);
        await harness.FailsAsync(FailureReason.RateLimited, force: true);
        Assert.Empty(harness.Server.Requests);

        harness.Update.Time.Advance(TimeSpan.FromSeconds(2));
        await harness.ActivatesAsync();
        Assert.Null(harness.Update.Status.Sources.Single().CoolDownUntil);
        Assert.Null(harness.Update.Status.Sources.Single().Mirrors[0].CoolDownUntil);
    }

    [Fact]
    [Trait("req", "M-204")]
    public async Task Only_the_mirror_that_asked_for_it_is_left_alone()
    {
        await using var busy = await MirrorServer.StartAsync();
        await using var harness = await MirrorHarness.StartAsync(urls: [busy.Url, "*"]);
        busy.Fail("daily", new ServerFault { Status = 429 });
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var source = harness.Update.Status.Sources.Single();
        Assert.Null(source.CoolDownUntil);
        Assert.NotNull(source.Mirrors[0].CoolDownUntil);
        Assert.Null(source.Mirrors[1].CoolDownUntil);

        busy.Heal();
        busy.ClearRequests();
        harness.Publish(first, 102, "second-text");
        await harness.ActivatesAsync(force: true);
        Assert.Empty(busy.Requests);
    }

    [Fact]
    public async Task The_old_generation_serves_during_a_cool_down()
    {
        await using var harness = await MirrorHarness.StartAsync();
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        harness.Server.Fail("daily", new ServerFault { Status = 429 });
        await harness.FailsAsync(FailureReason.RateLimited);
        await harness.Update.RestartAsync();
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
        await harness.FailsAsync(FailureReason.RateLimited);
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
    }

    [Fact]
    public async Task A_current_version_in_DNS_spares_every_request()
    {
        await using var dns = new TxtServer("0.103.2:59:101:1763812800:1:90:49191:333");
        await using var harness = await StartWithDnsAsync(dns);
        dns.Text = Record(harness, 101);
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        Assert.Equal(["/daily.cvd 200"], harness.Server.Requests);
        harness.Publish(first, 102, "second-text");
        harness.Server.ClearRequests();
        await harness.IsCurrentAsync();
        Assert.Empty(harness.Server.Requests);

        dns.Text = Record(harness, 102);
        await harness.ActivatesAsync();
        Assert.Equal(["/daily-102.cdiff 200"], harness.Server.Requests);
    }

    [Fact]
    public async Task A_mirror_exactly_one_behind_DNS_is_waited_for()
    {
        await using var dns = new TxtServer("");
        await using var harness = await StartWithDnsAsync(dns);
        dns.Text = Record(harness, 101);
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        dns.Text = Record(harness, 102);
        harness.Server.ClearRequests();
        await harness.IsCurrentAsync();
        Assert.Equal(["/daily-102.cdiff 404"], harness.Server.Requests);
    }

    [Fact]
    public async Task A_mirror_further_behind_DNS_is_not_in_sync()
    {
        await using var dns = new TxtServer("");
        await using var harness = await StartWithDnsAsync(dns);
        dns.Text = Record(harness, 101);
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        dns.Text = Record(harness, 105);
        var report = await harness.FailsAsync(FailureReason.SourceAnswer);
        Assert.Contains("not in sync", report.Outcome.Describe(), StringComparison.Ordinal);
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("garbage")]
    [InlineData("silent")]
    public async Task A_record_that_cannot_be_believed_means_asking_the_mirror(string kind)
    {
        await using var dns = new TxtServer("");
        await using var harness = await StartWithDnsAsync(dns);
        dns.Text = kind switch
        {
            "old" => Record(harness, 999, TimeSpan.FromHours(13)),
            "garbage" => "v=spf1 -all",
            _ => null,
        };
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 200"], harness.Server.Requests);
    }

    private static Task<MirrorHarness> StartWithDnsAsync(TxtServer dns) => MirrorHarness.StartAsync(harness => new MirrorOptions
    {
        PublicKeys = harness.KeysPath,
        Databases = ["daily"],
        DnsRecord = "current.cvd.example",
        DnsServer = dns.Address,
    });

    private static string Record(MirrorHarness harness, long daily, TimeSpan age = default) =>
        $"0.103.2:59:{daily}:{(harness.Update.Time.GetUtcNow() - age).ToUnixTimeSeconds()}:1:90:49191:333";

    /// <summary>A name server that knows one text, or answers "no such name".</summary>
    private sealed class TxtServer : IAsyncDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly CancellationTokenSource _stopped = new();
        private readonly Task _loop;

        public TxtServer(string? text)
        {
            Text = text;
            _loop = ServeAsync();
        }

        public string? Text { get; set; }

        public string Address => _socket.Client.LocalEndPoint!.ToString()!;

        public async ValueTask DisposeAsync()
        {
            await _stopped.CancelAsync();
            await _loop;
            _socket.Dispose();
            _stopped.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var query = await _socket.ReceiveAsync(_stopped.Token);
                    await _socket.SendAsync(Answer(query.Buffer), query.RemoteEndPoint, _stopped.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped.
            }
        }

        private byte[] Answer(byte[] query)
        {
            byte[] reply = [.. query];
            reply[2] = 0x81;
            reply[3] = Text is null ? (byte)0x83 : (byte)0x80;
            if (Text is null)
            {
                return reply;
            }

            reply[7] = 1;
            var text = Encoding.ASCII.GetBytes(Text);
            return [.. reply, 0xC0, 0x0C, 0, 16, 0, 1, 0, 0, 0, 60, 0, (byte)(text.Length + 1), (byte)text.Length, .. text];
        }
    }
}
