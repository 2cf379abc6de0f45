using Definitions;
using Testing;
using Updater.Publishing;

namespace Updater.Tests.Publishing;

/// <summary>The simulated publisher is trusted by many tests, so its misbehaviours are proved to be some.</summary>
public sealed class SimulatedPublisherTests : IDisposable
{
    private readonly SimulatedPublisher _publisher = new();
    private readonly PackageId _package;

    public SimulatedPublisherTests() => _package = _publisher.Publish("core", "20261122.001", ("a.ndb", "Demo.A:0:*:4142434445\n"));

    public void Dispose() => _publisher.Dispose();

    private VerifiedChannel Verify() => ChannelVerifier.Verify(
        new ChannelFiles(_publisher.ChannelFolder), File.ReadAllBytes(_publisher.InitialRootPath), TimeProvider.System, CancellationToken.None);

    private void Expect(RefusalReason reason)
    {
        Assert.Equal(reason, Assert.Throws<RefusedException>(Verify).Reason);
        _publisher.Repair();
        Assert.Single(Verify().Packages);
    }

    [Fact]
    public void A_tampered_package_is_seen()
    {
        _publisher.TamperPackage(_package);
        Expect(RefusalReason.PackageDigest);
    }

    [Fact]
    public void A_truncated_package_is_seen()
    {
        _publisher.TruncatePackage(_package);
        Expect(RefusalReason.PackageTruncated);
    }

    [Fact]
    public void A_lengthened_package_is_seen()
    {
        _publisher.LengthenPackage(_package);
        Expect(RefusalReason.PackageTooLong);
    }

    [Fact]
    public void A_wrong_signature_is_seen()
    {
        _publisher.SignTimestampWithWrongKey();
        Expect(RefusalReason.SignatureThreshold);
    }

    [Fact]
    public void A_snapshot_that_was_rolled_back_offers_no_package_to_who_comes_first()
    {
        // Only a client that knows the newer one can refuse it; this one sees the channel as it began.
        _publisher.RollBackSnapshot();
        Assert.Empty(Verify().Packages);
        _publisher.Repair();
        Assert.Single(Verify().Packages);
    }

    [Fact]
    public void A_timestamp_that_was_rolled_back_is_the_first_one()
    {
        _publisher.RollBackTimestamp();
        Assert.Equal(1, Verify().TimestampVersion);
    }

    [Fact]
    public void An_expired_timestamp_is_seen_until_the_next_refresh()
    {
        _publisher.ExpireTimestamp();
        Assert.Equal(RefusalReason.MetadataExpired, Assert.Throws<RefusedException>(Verify).Reason);
        _publisher.Refresh();
        Assert.Single(Verify().Packages);
    }

    [Fact]
    public void Bytes_that_are_no_package_can_be_signed()
    {
        _publisher.PublishBytes("bad", "20261122.001", [1, 2, 3]);
        Assert.Equal(RefusalReason.PackageMalformed, Assert.Throws<RefusedException>(Verify).Reason);
    }

    [Fact]
    public void Roots_can_be_rotated()
    {
        _publisher.RotateRoot("root", "timestamp");
        Assert.Equal(2, Verify().RootVersion);
    }

    [Fact]
    public async Task The_server_serves_logs_and_fails_as_it_is_told()
    {
        await using var server = await ChannelServer.StartAsync(_publisher.ChannelFolder);
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        var good = await client.GetByteArrayAsync(new Uri("metadata/timestamp.json", UriKind.Relative));
        Assert.Equal(File.ReadAllBytes(_publisher.TimestampPath), good);

        server.Fail("timestamp", new ServerFault { Status = 429, RetryAfter = "7" }, times: 1);
        using var limited = await client.GetAsync(new Uri("metadata/timestamp.json", UriKind.Relative));
        Assert.Equal(429, (int)limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), limited.Headers.RetryAfter!.Delta);

        server.Fail("timestamp", new ServerFault { CutTo = 10, ExtraBytes = 5 }, times: 1);
        Assert.Equal(15, (await client.GetByteArrayAsync(new Uri("metadata/timestamp.json", UriKind.Relative))).Length);

        server.Fail("timestamp", new ServerFault { DropAfter = 10 });
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => client.GetByteArrayAsync(new Uri("metadata/timestamp.json", UriKind.Relative)));

        server.Heal();
        Assert.Equal(good, await client.GetByteArrayAsync(new Uri("metadata/timestamp.json", UriKind.Relative)));
        using var outside = await client.GetAsync(new Uri("%2e%2e/keys/root.json", UriKind.Relative));
        Assert.Equal(404, (int)outside.StatusCode);
        Assert.Equal("/metadata/timestamp.json", server.Requests[0]);
    }

    [Fact]
    public async Task The_server_can_send_without_end_and_can_stall()
    {
        await using var server = await ChannelServer.StartAsync(_publisher.ChannelFolder);
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        server.Fail("timestamp", new ServerFault { IsEndless = true }, times: 1);
        var buffer = new byte[2_000_000];
        await using (var body = await client.GetStreamAsync(new Uri("metadata/timestamp.json", UriKind.Relative)))
        {
            await body.ReadExactlyAsync(buffer);
        }

        var release = new TaskCompletionSource();
        server.Fail("timestamp", new ServerFault { StallsInBody = true, Until = release.Task });
        await using var stalled = await client.GetStreamAsync(new Uri("metadata/timestamp.json", UriKind.Relative));
        await stalled.ReadExactlyAsync(buffer.AsMemory(0, 1));
        var next = stalled.ReadAsync(buffer.AsMemory(1, 1)).AsTask();
        Assert.False(next.IsCompleted);
        release.SetResult();
        Assert.Equal(1, await next);
    }
}
