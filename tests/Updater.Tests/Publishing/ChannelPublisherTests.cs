using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;
using Microsoft.Extensions.Time.Testing;
using Testing;
using Updater.Publishing;

namespace Updater.Tests.Publishing;

public sealed class ChannelPublisherTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly KeyFolder _keys;
    private readonly ChannelPublisher _publisher;

    public ChannelPublisherTests()
    {
        _keys = new KeyFolder(_temp.Path("keys"));
        _publisher = new ChannelPublisher(_temp.Path("channel"), _time);
    }

    public void Dispose() => _temp.Dispose();

    private string Init(int threshold = 1, KeyScheme scheme = KeyScheme.EcdsaP256) =>
        _publisher.Init(_keys, threshold, scheme, MetadataLifetimes.Default);

    private BuiltPackage Build(string version, string package = "core")
    {
        var source = Directory.CreateDirectory(_temp.Path("source")).FullName;
        File.WriteAllText(Path.Combine(source, "a.ndb"), $"# one\nDemo.A:0:*:{version.Replace(".", "0", StringComparison.Ordinal)}00\n");
        return new PackageBuilder(_publisher).Build(
            new BuildRequest(new PackageId(package, DefinitionsVersion.Parse(version)), source, new Version(1, 0, 0, 0), []),
            CancellationToken.None);
    }

    private VerifiedChannel Verify(string? root = null) => ChannelVerifier.Verify(
        _publisher.Files, root is null ? null : File.ReadAllBytes(root), _time, CancellationToken.None);

    private void Sign() => _publisher.Sign(_keys, MetadataLifetimes.Default);

    [Theory]
    [InlineData(KeyScheme.EcdsaP256)]
    [InlineData(KeyScheme.Ed25519)]
    [InlineData(KeyScheme.RsaPssSha256)]
    public void A_channel_of_each_key_scheme_verifies_from_its_initial_root(KeyScheme scheme)
    {
        var root = Init(scheme: scheme);
        Build("20261122.001");
        Sign();
        var verified = Verify(root);

        Assert.Equal("core-20261122.001", Assert.Single(verified.Packages).Id.ToString());
        Assert.Equal(_time.GetUtcNow() + MetadataLifetimes.Default.Timestamp, verified.EarliestExpiry);
    }

    [Fact]
    public void The_tree_has_the_names_of_consistent_snapshots()
    {
        Init();
        var built = Build("20261122.001");
        Sign();

        Assert.Equal(
            "1.root.json 1.snapshot.json 1.targets.json 2.snapshot.json 2.targets.json timestamp.json",
            string.Join(' ', Directory.GetFiles(_publisher.Files.Metadata).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        Assert.Equal(
            Path.Combine(_publisher.Files.Targets, "core", $"{built.Sha256}.core-20261122.001.tar.zst"),
            Assert.Single(Directory.GetFiles(_publisher.Files.Targets, "*", SearchOption.AllDirectories)));
        Assert.False(File.Exists(_publisher.Files.Pending));
    }

    [Fact]
    public void A_target_says_what_clients_need_before_they_fetch_it()
    {
        Init();
        Build("20261122.001");
        Sign();
        using var targets = JsonDocument.Parse(File.ReadAllBytes(_publisher.Files.MetadataFile("2.targets.json")));
        var target = targets.RootElement.GetProperty("signed").GetProperty("targets").GetProperty("core/core-20261122.001.tar.zst");

        Assert.Equal(
            """{"package":"core","version":"20261122.001","sequence":1,"kind":"signatures","unpackedBytes":32,"minimumEngine":"1.0.0.0"}""",
            target.GetProperty("custom").GetRawText());
    }

    [Fact]
    public void Sequences_grow_by_one_a_release_whether_signed_or_pending()
    {
        Init();
        Assert.Equal(1, Build("20261122.001").Sequence);
        Sign();
        Assert.Equal(2, Build("20261122.002").Sequence);
        Assert.Equal(3, Build("20261122.1000").Sequence);
        Assert.Equal(1, Build("20261122.001", "extra").Sequence);
        Sign();
        Assert.Equal(4, Verify().Packages.Count);
    }

    [Theory]
    [InlineData("20261122.002")]
    [InlineData("20261122.001")]
    [InlineData("20251231.999")]
    public void A_version_that_is_not_newer_is_refused(string version)
    {
        Init();
        Build("20261122.002");
        Assert.Throws<PublishException>(() => Build(version));
    }

    [Fact]
    public void A_package_called_local_is_refused()
    {
        Init();
        Assert.Throws<PublishException>(() => Build("20261122.001", PackageId.LocalName));
    }

    [Fact]
    public void Signing_needs_something_that_was_built()
    {
        Init();
        Assert.Throws<PublishException>(Sign);
    }

    [Fact]
    public void Two_of_three_keys_can_sign_and_one_cannot()
    {
        var root = Init(threshold: 2);
        Assert.Equal(3, Directory.GetFiles(_keys.Root, "targets-*.pem").Length);
        Build("20261122.001");
        File.Delete(Path.Combine(_keys.Root, "targets-2.pem"));
        Sign();
        Assert.Single(Verify(root).Packages);

        Build("20261122.002");
        File.Delete(Path.Combine(_keys.Root, "targets-3.pem"));
        Assert.Throws<PublishException>(Sign);
        Assert.Single(Verify(root).Packages);
    }

    [Fact]
    public void Refreshing_keeps_the_packages_and_moves_the_expiry()
    {
        var root = Init();
        Build("20261122.001");
        Sign();
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(RefusalReason.MetadataExpired, Assert.Throws<RefusedException>(() => Verify(root)).Reason);
        _publisher.Refresh(_keys, MetadataLifetimes.Default);

        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromDays(1), Verify(root).EarliestExpiry);
        Assert.Single(Verify(root).Packages);
    }

    [Fact]
    public void A_machine_with_the_timestamp_key_alone_can_refresh_the_timestamp()
    {
        var root = Init();
        _temp.Write("online/timestamp-1.pem", File.ReadAllBytes(Path.Combine(_keys.Root, "timestamp-1.pem")));
        _time.Advance(TimeSpan.FromDays(2));
        _publisher.Refresh(new KeyFolder(_temp.Path("online")), MetadataLifetimes.Default);

        Assert.Equal(2, Verify(root).TimestampVersion);
        Assert.False(File.Exists(_publisher.Files.MetadataFile("2.snapshot.json")));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("timestamp")]
    [InlineData("root targets snapshot timestamp")]
    [InlineData("")]
    public void Clients_follow_a_root_rotation_from_the_first_root(string roles)
    {
        var root = _temp.Write("initial.json", File.ReadAllBytes(Init()));
        Build("20261122.001");
        Sign();
        _publisher.RotateRoot(
            _keys, roles.Split(' ', StringSplitOptions.RemoveEmptyEntries), KeyScheme.EcdsaP256, MetadataLifetimes.Default);
        Build("20261122.002");
        Sign();

        var verified = Verify(root);
        Assert.Equal(2, verified.RootVersion);
        Assert.Equal(2, verified.Packages.Count);
    }

    [Fact]
    public void A_key_that_was_rotated_out_cannot_sign_any_more()
    {
        Init();
        var old = File.ReadAllBytes(Path.Combine(_keys.Root, "timestamp-1.pem"));
        _publisher.RotateRoot(_keys, ["timestamp"], KeyScheme.EcdsaP256, MetadataLifetimes.Default);
        _temp.Write("stolen/timestamp-1.pem", old);

        Assert.Throws<PublishException>(() => _publisher.Refresh(new KeyFolder(_temp.Path("stolen")), MetadataLifetimes.Default));
    }

    [Fact]
    public void What_somebody_else_put_into_the_channel_is_never_signed_again()
    {
        Init();
        var path = _publisher.Files.MetadataFile("1.targets.json");
        var targets = JsonNode.Parse(File.ReadAllBytes(path))!;
        targets["signed"]!["targets"]!["evil/evil-20261122.001.tar.zst"] = new JsonObject { ["length"] = 1 };
        File.WriteAllText(path, targets.ToJsonString());

        Assert.Throws<RefusedException>(() => Build("20261122.001"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"packages\":[null]}")]
    [InlineData("{\"packages\":[{\"package\":7}]}")]
    public void A_damaged_note_of_pending_packages_is_told(string text)
    {
        Init();
        File.WriteAllText(_publisher.Files.Pending, text);
        Assert.Throws<PublishException>(Sign);
    }

    [Fact]
    public void A_channel_is_not_made_twice()
    {
        Init();
        Assert.Throws<PublishException>(() => Init());
    }

    [Fact]
    public void Key_files_are_for_their_owner_alone()
    {
        Init();
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes");
            return;
        }

        var files = Directory.GetFiles(_keys.Root, "*.pem");
        Assert.Equal(4, files.Length);
        foreach (var file in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Counts_signatures_by_extension_without_comments()
    {
        var paths = new[]
        {
            _temp.Write("s/a.ndb", "# x\nA:0:*:41424344\r\n\nB:0:*:41424344"),
            _temp.Write("s/b.ndb", "C:0:*:41424344\n#D\n"),
            _temp.Write("s/c.hdb", "#\n"),
            _temp.Write("s/README.txt", "text\n"),
        };
        var counts = SignatureCounter.Count(paths);

        Assert.Equal("hdb=0 ndb=3", string.Join(' ', counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))));
    }
}
