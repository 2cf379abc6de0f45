using System.Text;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;
using Microsoft.Extensions.Time.Testing;
using Testing;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

/// <summary>
/// Requests made and files kept by the update workflow (tuf-client.md §5, §8): each attack leaves exactly what was
/// accepted before it.
/// </summary>
[Trait("req", "M-328")]
public sealed class ChannelClientTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();
    private readonly TrustRepository _repository = new(Now);
    private readonly MemorySource _source;
    private readonly FakeTimeProvider _time = new(Now);

    public ChannelClientTests()
    {
        _source = new MemorySource(_repository);
        _folder.Write("initial-root.json", _repository.File("root"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_first_refresh_asks_for_four_files_and_keeps_them_byte_for_byte()
    {
        var view = await Client().RefreshAsync(Token);

        Assert.Equal(
            ["metadata/2.root.json", "metadata/timestamp.json", "metadata/1.snapshot.json", "metadata/1.targets.json"],
            _source.Requests);
        Assert.Equal(["root.json", "snapshot.json", "targets.json", "timestamp.json"], Stored());
        Assert.All(["root", "timestamp", "snapshot", "targets"], role => Assert.Equal(_repository.File(role), Kept(role)));
        Assert.Equal(1, view.TimestampVersion);
        Assert.Equal(_repository.Expires, view.EarliestExpiry);
        Assert.Empty(view.Packages);
    }

    [Fact]
    public async Task A_second_refresh_asks_for_root_and_timestamp_only()
    {
        await Client().RefreshAsync(Token);
        _source.Requests.Clear();

        await Client().RefreshAsync(Token);

        Assert.Equal(["metadata/2.root.json", "metadata/timestamp.json"], _source.Requests);
    }

    [Fact]
    public async Task A_root_that_is_no_metadata_is_refused_by_its_path_and_never_quoted()
    {
        _folder.Write("initial-root.json", "\u001b[31m\nnot metadata\n");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Client().RefreshAsync(Token));

        Assert.Equal(RefusalReason.RootInvalid, refused.Reason);
        Assert.Contains(_folder.Path("initial-root.json"), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Message, char.IsControl);
        Assert.DoesNotContain("[31m", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_metadata_is_named_with_its_source()
    {
        _repository.Files["metadata/timestamp.json"] = "{\n\u0007"u8.ToArray();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Client().RefreshAsync(Token));

        Assert.Equal(RefusalReason.MetadataMalformed, refused.Reason);
        Assert.StartsWith("timestamp.json of '", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Message, char.IsControl);
    }

    [Fact]
    public async Task White_space_after_a_file_is_kept_too()
    {
        _repository.Files["metadata/timestamp.json"] = [.. _repository.File("timestamp"), (byte)' '];

        await Client().RefreshAsync(Token);

        Assert.Equal(_repository.Files["metadata/timestamp.json"], Kept("timestamp"));
    }

    [Fact]
    public async Task Without_consistent_snapshots_names_carry_no_version()
    {
        _repository.Root["consistent_snapshot"] = false;
        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();
        _repository.Files["metadata/snapshot.json"] = _repository.File("snapshot");
        _repository.Files["metadata/targets.json"] = _repository.File("targets");

        await Client().RefreshAsync(Token);

        Assert.Equal(
            [
                "metadata/2.root.json", "metadata/3.root.json", "metadata/timestamp.json", "metadata/snapshot.json",
                "metadata/targets.json",
            ],
            _source.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    public async Task An_invalid_initial_root_makes_no_request(string root)
    {
        _folder.Write("initial-root.json", root);

        Assert.Equal(RefusalReason.RootInvalid, await Refused(Client()));
        Assert.Empty(_source.Requests);
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task A_missing_initial_root_makes_no_request()
    {
        File.Delete(_folder.Path("initial-root.json"));

        Assert.Equal(RefusalReason.RootInvalid, await Refused(Client()));
        Assert.Empty(_source.Requests);
    }

    [Fact]
    public async Task A_damaged_stored_root_makes_no_request_and_is_not_replaced_by_the_older_one()
    {
        await Client().RefreshAsync(Token);
        var good = Kept("root");
        _folder.Write("trust/root.json", good.AsSpan(0, good.Length / 2));
        _source.Requests.Clear();

        Assert.Equal(RefusalReason.RootInvalid, await Refused(Client()));
        Assert.Empty(_source.Requests);
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task A_damaged_stored_file_is_fetched_again(string role)
    {
        await Client().RefreshAsync(Token);
        _folder.Write($"trust/{role}.json", Kept(role).AsSpan(0, 20));

        await Client().RefreshAsync(Token);

        Assert.Equal(_repository.File(role), Kept(role));
    }

    [Fact]
    public async Task The_initial_root_is_not_looked_at_again()
    {
        await Client().RefreshAsync(Token);
        File.Delete(_folder.Path("initial-root.json"));

        await Client().RefreshAsync(Token);
    }

    [Fact]
    public async Task Roots_are_walked_one_by_one_and_each_is_kept()
    {
        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();
        TrustRepository.Bump(_repository.Root);
        _repository.Signers["root"].Clear();
        _repository.PublishRoot();

        Assert.Equal(RefusalReason.SignatureThreshold, await Refused(Client()));
        Assert.Equal(_repository.File("root", 2), Kept("root"));
        Assert.Equal(["metadata/2.root.json", "metadata/3.root.json"], _source.Requests);
    }

    [Fact]
    public async Task An_expired_last_root_is_kept_and_ends_the_update()
    {
        await Client().RefreshAsync(Token);
        _source.Requests.Clear();
        TrustRepository.Set(_repository.Root, 2, Now.AddDays(-1));
        _repository.PublishRoot();

        Assert.Equal(RefusalReason.MetadataExpired, await Refused(Client()));
        Assert.Equal(_repository.File("root", 2), Kept("root"));
        Assert.Equal(["metadata/2.root.json", "metadata/3.root.json"], _source.Requests);
    }

    [Fact]
    public async Task A_forbidden_next_root_counts_as_absent_and_a_forbidden_timestamp_does_not()
    {
        static SourceException Forbidden() =>
            new(FailureReason.RateLimited, "403", SourcePolicy.ForbiddenWait) { IsForbidden = true };
        _source.Override = path => path.Contains("root", StringComparison.Ordinal) ? throw Forbidden() : null;
        await Client().RefreshAsync(Token);

        _source.Override = _ => throw Forbidden();
        Assert.Equal(FailureReason.RateLimited, await Failed(Client()));
    }

    [Fact]
    public async Task An_unreachable_next_root_ends_the_update()
    {
        _source.Override = _ => throw new SourceException(FailureReason.SourceUnreachable, "down");

        Assert.Equal(FailureReason.SourceUnreachable, await Failed(Client()));
        Assert.Equal(["root.json"], Stored());
    }

    [Theory]
    [InlineData("timestamp", "root:1")]
    [InlineData("snapshot", "root:1 timestamp:1")]
    [InlineData("targets", "root:1 snapshot:1 timestamp:1")]
    public async Task An_unsigned_role_is_not_kept_nor_anything_after_it(string role, string kept)
    {
        _repository.Signers[role].Clear();
        TrustRepository.Set(_repository.Targets, 1);
        _repository.PublishTargets();
        _repository.PublishSnapshot();
        _repository.PublishTimestamp();

        Assert.Equal(RefusalReason.SignatureThreshold, await Refused(Client()));
        Assert.Equal(kept, Versions());
    }

    [Theory]
    [InlineData("timestamp", "root:1 snapshot:1 targets:1 timestamp:1")]
    [InlineData("snapshot", "root:1 snapshot:1 targets:1 timestamp:2")]
    [InlineData("targets", "root:1 snapshot:2 targets:1 timestamp:2")]
    public async Task An_expired_role_is_not_kept_and_what_was_there_stays(string role, string kept)
    {
        await Client().RefreshAsync(Token);
        var tree = role == "timestamp" ? _repository.Timestamp : role == "snapshot" ? _repository.Snapshot : _repository.Targets;
        tree["expires"] = TrustRepository.Time(Now.AddDays(-1));
        _repository.Publish();

        Assert.Equal(RefusalReason.MetadataExpired, await Refused(Client()));
        Assert.Equal(kept, Versions());
    }

    [Theory]
    [InlineData("metadata/timestamp.json", "root:1 snapshot:1 targets:1 timestamp:1")]
    [InlineData("metadata/2.snapshot.json", "root:1 snapshot:1 targets:1 timestamp:2")]
    [InlineData("metadata/2.targets.json", "root:1 snapshot:2 targets:1 timestamp:2")]
    public async Task A_missing_file_is_a_failure_of_the_source(string path, string kept)
    {
        await Client().RefreshAsync(Token);
        _repository.Publish();
        _repository.Files.Remove(path);
        _source.Requests.Clear();

        Assert.Equal(FailureReason.SourceAnswer, await Failed(Client()));
        Assert.Equal(path, _source.Requests[^1]);
        Assert.Equal(kept, Versions());
    }

    [Fact]
    public async Task A_refused_update_does_not_hinder_the_next_good_one()
    {
        await Client().RefreshAsync(Token);
        _repository.Publish();
        var good = _repository.File("targets");
        _repository.Files["metadata/2.targets.json"] = [.. "{}"u8];
        Assert.Equal(RefusalReason.MetadataMalformed, await Refused(Client()));

        _repository.Files["metadata/2.targets.json"] = good;
        await Client().RefreshAsync(Token);

        Assert.Equal("root:1 snapshot:2 targets:2 timestamp:2", Versions());
    }

    [Fact]
    public async Task A_rolled_back_timestamp_is_refused_with_one_request_and_nothing_changed()
    {
        _repository.Publish();
        var old = _repository.File("timestamp");
        _repository.Publish();
        await Client().RefreshAsync(Token);
        _repository.Files["metadata/timestamp.json"] = old;
        _source.Requests.Clear();

        Assert.Equal(RefusalReason.MetadataRollback, await Refused(Client()));
        Assert.Equal("metadata/timestamp.json", _source.Requests[^1]);
        Assert.Equal("root:1 snapshot:3 targets:3 timestamp:3", Versions());
    }

    [Fact]
    public async Task A_frozen_repository_is_refused_when_its_timestamp_expires()
    {
        await Client().RefreshAsync(Token);
        TrustRepository.Set(_repository.Root, 2, Now.AddDays(365));
        _repository.PublishRoot();
        _time.Advance(TimeSpan.FromDays(30));

        Assert.Equal(RefusalReason.MetadataExpired, await Refused(Client()));
    }

    [Theory]
    [InlineData("metadata/2.root.json", TrustLimits.MaxRootBytes)]
    [InlineData("metadata/timestamp.json", TrustLimits.MaxTimestampBytes)]
    [InlineData("metadata/1.snapshot.json", TrustLimits.MaxSnapshotBytes)]
    [InlineData("metadata/1.targets.json", TrustLimits.MaxTargetsBytes)]
    public async Task Endless_metadata_is_cut_at_its_limit(string path, int limit)
    {
        _source.Override = asked => asked == path ? new byte[limit + 1] : null;

        Assert.Equal(RefusalReason.MetadataTooLarge, await Refused(Client()));
    }

    [Fact]
    public async Task Metadata_longer_than_its_listed_length_contradicts_the_list()
    {
        _repository.ListsHashes = true;
        _repository.Publish();
        _source.Override = asked => asked.EndsWith("targets.json", StringComparison.Ordinal)
            ? [.. _repository.File("targets"), (byte)' ']
            : null;

        Assert.Equal(RefusalReason.MetadataMismatch, await Refused(Client()));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_write_are_swept_and_nothing_else_is()
    {
        _folder.Write("trust/root.json.0123.tmp", "half");
        _folder.Write("trust/notes.txt", "mine");

        await Client().RefreshAsync(Token);

        Assert.Equal(["notes.txt", "root.json", "snapshot.json", "targets.json", "timestamp.json"], Stored());
    }

    [Fact]
    public async Task Offers_the_highest_sequence_of_each_package_and_finds_all_of_them_by_content()
    {
        byte[] old = [.. "old"u8];
        _repository.AddPackage("base", "20261121.002", 8, old);
        _repository.AddPackage("base", "20261122.001", 9, [.. "new"u8]);
        _repository.AddPackage("daily", "20261122.010", 3, [.. "daily"u8]);
        _repository.AddTarget("readme.txt", [.. "no package"u8]);
        _repository.Publish();

        var view = await Client().RefreshAsync(Token);

        Assert.Equal("base-20261122.001 daily-20261122.010", string.Join(' ', view.Packages.Select(package => package.Id)));
        Assert.Equal(9, view.Packages[0].Sequence);
        Assert.Equal(9, view.Packages[0].UnpackedBytes);
        Assert.Equal(3, view.AllPackages.Count);
        Assert.Equal("base-20261121.002", view.Find(Digest.Of(old), old.Length)!.Id.ToString());
        Assert.Null(view.Find(Digest.Of(old), old.Length + 1));
        Assert.Null(view.Find(Digest.Of("other"u8), 5));
    }

    [Fact]
    public async Task Knows_the_offer_from_disk_without_a_request_until_it_expires()
    {
        byte[] content = [.. "package"u8];
        _repository.AddPackage("base", "20261122.001", 1, content);
        _repository.Publish();
        Assert.Null(await Client().LoadTrustedAsync(Token));
        await Client().RefreshAsync(Token);
        _source.Requests.Clear();

        var view = await Client().LoadTrustedAsync(Token);

        Assert.NotNull(view!.Find(Digest.Of(content), content.Length));
        Assert.Equal(2, view.TimestampVersion);
        Assert.Empty(_source.Requests);
        _time.Advance(TimeSpan.FromDays(30));
        Assert.Null(await Client().LoadTrustedAsync(Token));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("targets")]
    public async Task Damaged_trust_offers_nothing_from_disk(string role)
    {
        await Client().RefreshAsync(Token);
        var bytes = Kept(role);
        bytes[bytes.Length / 2] ^= 1;
        _folder.Write($"trust/{role}.json", bytes);

        Assert.Null(await Client().LoadTrustedAsync(Token));
    }

    // Downloads.

    [Fact]
    public async Task Downloads_a_package_by_its_hashed_name()
    {
        var content = Bytes(200_000);
        var (client, package) = await Offer(content);
        var path = _folder.Path("base.tar.zst");
        var reported = new List<long>();

        await client.DownloadAsync(package, path, new Reporter(reported), Token);

        Assert.Equal(content, await File.ReadAllBytesAsync(path, Token));
        Assert.Equal($"targets/{package.Sha256}.base-20261122.001.tar.zst", _source.Requests[^1]);
        Assert.Equal(content.Length, reported[^1]);
        Assert.Equal(["base.tar.zst"], Downloads());
    }

    [Fact]
    public async Task A_file_that_fits_already_costs_no_request_and_another_is_replaced()
    {
        var content = Bytes(1000);
        var (client, package) = await Offer(content);
        var path = _folder.Write("base.tar.zst", content);
        _source.Requests.Clear();
        await client.DownloadAsync(package, path, null, Token);
        Assert.Empty(_source.Requests);

        content[0] ^= 1;
        _folder.Write("base.tar.zst", content);
        content[0] ^= 1;
        await client.DownloadAsync(package, path, null, Token);
        Assert.Single(_source.Requests);
        Assert.Equal(content, await File.ReadAllBytesAsync(path, Token));
    }

    [Theory]
    [InlineData("truncated", RefusalReason.PackageTruncated)]
    [InlineData("empty", RefusalReason.PackageTruncated)]
    [InlineData("longer", RefusalReason.PackageTooLong)]
    [InlineData("flipped", RefusalReason.PackageDigest)]
    public async Task A_package_that_is_not_the_signed_one_leaves_no_file(string damage, RefusalReason reason)
    {
        var content = Bytes(100_000);
        var (client, package) = await Offer(content);
        var flipped = content.ToArray();
        flipped[50_000] ^= 0x80;
        _source.Override = _ => damage switch
        {
            "truncated" => content[..^1],
            "empty" => [],
            "longer" => [.. content, 0],
            _ => flipped,
        };
        var path = _folder.Path("base.tar.zst");

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => client.DownloadAsync(package, path, null, Token));

        Assert.Equal(reason, refusal.Reason);
        Assert.Empty(Downloads());
    }

    [Fact]
    public async Task Each_listed_hash_must_fit()
    {
        var content = Bytes(100);
        _repository.AddPackage("base", "20261122.001", 1, content);
        _repository.Targets["targets"]!["base-20261122.001.tar.zst"]!["hashes"]!["sha512"] = new string('0', 128);
        _repository.Publish();
        var client = Client();
        var package = (await client.RefreshAsync(Token)).Packages[0];

        var refusal = await Assert.ThrowsAsync<RefusedException>(
            () => client.DownloadAsync(package, _folder.Path("base.tar.zst"), null, Token));

        Assert.Equal(RefusalReason.PackageDigest, refusal.Reason);
    }

    [Fact]
    public async Task A_missing_package_is_a_failure_of_the_source()
    {
        var (client, package) = await Offer(Bytes(10));
        _repository.Files.Remove($"targets/{package.Sha256}.base-20261122.001.tar.zst");

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => client.DownloadAsync(package, _folder.Path("base.tar.zst"), null, Token));

        Assert.Equal(FailureReason.SourceAnswer, failure.Reason);
        Assert.Empty(Downloads());
    }

    [Fact]
    public async Task A_package_that_the_channel_no_longer_names_is_not_asked_for()
    {
        var (client, package) = await Offer(Bytes(10));
        _repository.Targets["targets"] = new JsonObject();
        _repository.Publish();
        await client.RefreshAsync(Token);

        var refusal = await Assert.ThrowsAsync<RefusedException>(
            () => client.DownloadAsync(package, _folder.Path("base.tar.zst"), null, Token));

        Assert.Equal(RefusalReason.PackageUnknown, refusal.Reason);
    }

    [Theory]
    [InlineData("../evil.tar.zst")]
    [InlineData("a/../../../evil.tar.zst")]
    [InlineData("/evil.tar.zst")]
    public async Task A_signed_target_path_that_climbs_is_not_followed(string path)
    {
        var custom = (JsonObject)JsonNode.Parse(
            """
            {"package":"evil","version":"20261122.001","sequence":1,"kind":"signatures","unpackedBytes":1,
             "minimumEngine":"1.0.0.0"}
            """)!;
        _repository.AddTarget(path, [1], custom);
        _repository.Publish();
        foreach (var (name, bytes) in _repository.Files)
        {
            _folder.Write("channel/" + name.Replace("..", "up", StringComparison.Ordinal), bytes);
        }

        var client = new ChannelClient(
            "test", new FolderSource(_folder.Path("channel")), _folder.Path("trust"), _folder.Path("initial-root.json"), _time);
        var package = Assert.Single((await client.RefreshAsync(Token)).Packages);

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => client.DownloadAsync(package, _folder.Path("evil.tar.zst"), null, Token));
        Assert.Equal(FailureReason.SourceAnswer, failure.Reason);
        Assert.Contains("leads outside", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Downloads());
    }

    [Fact]
    public async Task A_package_larger_than_the_disk_fails_before_the_transfer()
    {
        _repository.AddPackage("base", "20261122.001", 1, Bytes(10));
        _repository.Targets["targets"]!["base-20261122.001.tar.zst"]!["length"] = TrustLimits.MaxVersion;
        _repository.Publish();
        var client = Client();
        var package = (await client.RefreshAsync(Token)).Packages[0];
        _source.Requests.Clear();

        await Assert.ThrowsAnyAsync<IOException>(
            () => client.DownloadAsync(package, _folder.Path("base.tar.zst"), null, Token));

        Assert.Empty(_source.Requests);
        Assert.Empty(Downloads());
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31 % 251))];

    private async Task<(ChannelClient Client, ChannelPackage Package)> Offer(byte[] content)
    {
        _repository.AddPackage("base", "20261122.001", 1, content);
        _repository.Publish();
        var client = Client();
        return (client, Assert.Single((await client.RefreshAsync(Token)).Packages));
    }

    private ChannelClient Client() =>
        new("test", _source, _folder.Path("trust"), _folder.Path("initial-root.json"), _time);

    private static async Task<RefusalReason> Refused(ChannelClient client) =>
        (await Assert.ThrowsAsync<RefusedException>(() => client.RefreshAsync(Token))).Reason;

    private static async Task<FailureReason> Failed(ChannelClient client) =>
        (await Assert.ThrowsAsync<SourceException>(() => client.RefreshAsync(Token))).Reason;

    private byte[] Kept(string role) => File.ReadAllBytes(_folder.Path("trust", role + ".json"));

    private string[] Stored() => Directory.Exists(_folder.Path("trust"))
        ? [.. Directory.GetFiles(_folder.Path("trust")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    private string[] Downloads() =>
    [
        .. Directory.GetFiles(_folder.Root).Select(path => Path.GetFileName(path)).Where(name => name != "initial-root.json"),
    ];

    private string Versions() => string.Join(' ', Stored().Select(name =>
        $"{Path.GetFileNameWithoutExtension(name)}:"
        + $"{JsonNode.Parse(Encoding.UTF8.GetString(File.ReadAllBytes(_folder.Path("trust", name))))!["signed"]!["version"]}"));

    private sealed class Reporter(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}
