using System.Text.Json.Nodes;
using Definitions.Trust;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>The first root, its successors, and recovery through them (tuf-client.md §2.5, §5.2, §5.3).</summary>
[Trait("req", "M-328")]
public sealed class RootChainTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TestSigner[] Keys = [.. Enumerable.Range(0, 10).Select(_ => TestSigner.Ed25519())];
    private readonly TrustRepository _repository = new(Now);

    /// <summary>Keys / threshold / signers of each version; <c>!</c> = the last one must be refused.</summary>
    public static TheoryData<string> Chains =>
    [
        "1/1/1 2/1/2,1 2/1/2",
        "1/1/3,1,4 2/1/3,2,1,4 2/1/3,2,4",
        "0,1,2,3,4/3/0,2,4 0,1,2,3,4/3/0,4,1 0,1,2,3,4/3/0,1,3 0,1,2,3,4/3/0,1,3",
        "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,4,1",
        "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,2,4,5 0,1,3,4,5/3/0,4,5",
        "0,1,2,3,4/3/0,2,4 5,6,7,8,9/3/0,2,4,5,6,7 5,6,7,8,9/3/5,6,7",
        "1,2,3/1/1 1,2,3/2/1,2",
        "1,2,3/2/1,2 1,2,3/1/1,2 1,2,3/1/1",
        "1/1/1 1,2/2/1,2",
        "1/1/1 2/1/2,3,4 !",
        "1/1/1 2/1/1,3,4 !",
        "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,2,4 !",
        "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,4,5 !",
        "1,2,3/1/1 1,2,3/2/2 !",
        "1,2,3/2/1,2 1,2,3/1/1 !",
    ];

    [Theory]
    [MemberData(nameof(Chains))]
    public void A_new_root_needs_a_threshold_of_old_and_of_new_keys(string chain)
    {
        var isRefused = chain.EndsWith('!');
        var files = chain.TrimEnd('!', ' ').Split(' ').Select((text, index) => MakeRoot(text, index + 1)).ToArray();
        var trusted = new TrustedMetadata(files[0], Now);
        foreach (var file in files[1..^1])
        {
            trusted.UpdateRoot(file);
        }

        if (isRefused)
        {
            Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => trusted.UpdateRoot(files[^1])));
            Assert.Equal(files.Length - 1, trusted.Root.Header.Version);
        }
        else
        {
            trusted.UpdateRoot(files[^1]);
            Assert.Equal(files.Length, trusted.Root.Header.Version);
        }
    }

    [Theory]
    [InlineData("threshold_zero", "\"threshold\":1", "\"threshold\":0")]
    [InlineData("threshold_negative", "\"threshold\":1", "\"threshold\":-1")]
    [InlineData("threshold_text", "\"threshold\":1", "\"threshold\":\"1\"")]
    [InlineData("no_version", "\"version\":1,", "")]
    [InlineData("no_timestamp_role", "\"timestamp\":{\"keyids\"", "\"mirrors\":{\"keyids\"")]
    [InlineData("no_snapshot_role", "\"snapshot\":{\"keyids\"", "\"mirrors\":{\"keyids\"")]
    [InlineData("keys_array", "\"keys\":{", "\"keys\":[],\"other\":{")]
    [InlineData("roles_null", "\"roles\":{", "\"roles\":null,\"other\":{")]
    [InlineData("consistent_snapshot_text", "\"consistent_snapshot\":true", "\"consistent_snapshot\":\"true\"")]
    [InlineData("other_type", "\"_type\":\"root\"", "\"_type\":\"targets\"")]
    [InlineData("other_major", "\"spec_version\":\"1.0.34\"", "\"spec_version\":\"2.0.34\"")]
    public void Refuses_a_first_root_that_is_signed_nonsense(string name, string find, string replace)
    {
        var text = _repository.Root.ToJsonString();
        Assert.Contains(find, text, StringComparison.Ordinal);
        var edited = (JsonObject)JsonNode.Parse(text.Replace(find, replace, StringComparison.Ordinal))!;
        var file = TrustRepository.Sign(edited, _repository.Signers["root"]);

        Assert.True(Refused(() => new TrustedMetadata(file, Now)) == RefusalReason.RootInvalid, name);
    }

    [Fact]
    public void Refuses_a_first_root_that_nobody_signed()
    {
        var file = TrustRepository.Sign(_repository.Root, [TestSigner.Ecdsa()]);

        Assert.Equal(RefusalReason.RootInvalid, Refused(() => new TrustedMetadata(file, Now)));
        Assert.Equal(RefusalReason.RootInvalid, Refused(() => new TrustedMetadata("not json"u8, Now)));
        Assert.Equal(RefusalReason.RootInvalid, Refused(() => new TrustedMetadata([], Now)));
    }

    [Fact]
    public void Refuses_key_ids_listed_twice_in_a_role()
    {
        var ids = (JsonArray)_repository.Root["roles"]!["snapshot"]!["keyids"]!;
        ids.Add(ids[0]!.GetValue<string>());
        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();

        Assert.Equal(RefusalReason.MetadataMalformed, Refused(() => Update()));
    }

    [Fact]
    public void Refuses_more_keys_than_the_limit()
    {
        for (var i = 0; i <= TrustLimits.MaxKeys; i++)
        {
            _repository.Root["keys"]![$"k{i}"] = new JsonObject();
        }

        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();

        Assert.Equal(RefusalReason.MetadataTooLarge, Refused(() => Update()));
    }

    [Theory]
    [InlineData(1, RefusalReason.MetadataRollback)]
    [InlineData(3, RefusalReason.MetadataMismatch)]
    [InlineData(100, RefusalReason.MetadataMismatch)]
    public void Refuses_a_gap_or_a_way_back_in_the_chain(int version, RefusalReason reason)
    {
        var first = _repository.File("root");
        TrustRepository.Set(_repository.Root, version);
        var next = TrustRepository.Sign(_repository.Root, _repository.Signers["root"]);
        var trusted = new TrustedMetadata(first, Now);

        Assert.Equal(reason, Refused(() => trusted.UpdateRoot(next)));
        Assert.Equal(1, trusted.Root.Header.Version);
    }

    [Fact]
    public void An_expired_root_is_walked_over_when_a_fresh_one_follows()
    {
        var first = _repository.File("root");
        TrustRepository.Set(_repository.Root, 2, Now.AddDays(-1));
        _repository.PublishRoot();
        TrustRepository.Set(_repository.Root, 3, Now.AddDays(1));
        _repository.PublishRoot();
        var trusted = new TrustedMetadata(first, Now.AddDays(0));
        trusted.UpdateRoot(_repository.File("root", 2));
        trusted.UpdateRoot(_repository.File("root", 3));

        trusted.EndRootChain();

        Assert.Equal(3, trusted.Root.Header.Version);
    }

    [Fact]
    public void Refuses_an_expired_last_root()
    {
        var trusted = new TrustedMetadata(_repository.File("root"), Now.AddDays(30));

        Assert.Equal(RefusalReason.MetadataExpired, Refused(trusted.EndRootChain));
    }

    [Fact]
    public void Refuses_an_endless_chain_of_good_roots()
    {
        var trusted = new TrustedMetadata(_repository.File("root"), Now);
        for (var i = 0; i < TrustLimits.MaxRootRotations; i++)
        {
            TrustRepository.Bump(_repository.Root);
            _repository.PublishRoot();
            trusted.UpdateRoot(_repository.File("root"));
        }

        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();

        Assert.Equal(RefusalReason.RootChainTooLong, Refused(() => trusted.UpdateRoot(_repository.File("root"))));
        Assert.Equal(TrustLimits.MaxRootRotations + 1, trusted.Root.Header.Version);
    }

    [Fact]
    public void A_root_of_another_role_is_not_walked_to()
    {
        var trusted = new TrustedMetadata(_repository.File("root"), Now);
        TrustRepository.Set(_repository.Targets, 2);
        var file = TrustRepository.Sign(_repository.Targets, _repository.Signers["root"]);

        Assert.Equal(RefusalReason.MetadataMalformed, Refused(() => trusted.UpdateRoot(file)));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    public void Rotating_an_online_key_ends_a_fast_forward(string role)
    {
        // A thief of the key drove the version up; the owner rotates the key and starts again below.
        var first = _repository.File("root");
        TrustRepository.Set(_repository.Targets, 1000);
        _repository.PublishTargets();
        TrustRepository.Set(_repository.Snapshot, 1000);
        _repository.PublishSnapshot();
        TrustRepository.Set(_repository.Timestamp, 1000);
        _repository.PublishTimestamp();
        var (timestamp, snapshot) = (_repository.File("timestamp"), _repository.File("snapshot"));
        _repository.SetKeys(role, 1, TestSigner.Ecdsa());
        TrustRepository.Set(_repository.Root, 2);
        _repository.PublishRoot();
        TrustRepository.Set(_repository.Targets, 1);
        TrustRepository.Set(_repository.Snapshot, 1);
        TrustRepository.Set(_repository.Timestamp, 1);
        _repository.Publish();

        var trusted = new TrustedMetadata(first, Now);
        trusted.UpdateRoot(_repository.File("root"));
        trusted.EndRootChain();

        Assert.False(trusted.TryLoadTimestamp(timestamp));
        Assert.True(trusted.UpdateTimestamp(_repository.File("timestamp")));
        Assert.False(trusted.TryLoadSnapshot(snapshot));
        trusted.UpdateSnapshot(_repository.File("snapshot"));
        trusted.UpdateTargets(_repository.File("targets"));
        Assert.Equal(2, trusted.Targets!.Header.Version);
    }

    [Fact]
    public void Rotating_the_targets_key_alone_forgives_no_rollback()
    {
        var first = _repository.File("root");
        _repository.Publish();
        var stored = _repository.File("timestamp");
        _repository.SetKeys("targets", 1, TestSigner.Ecdsa());
        TrustRepository.Set(_repository.Root, 2);
        _repository.PublishRoot();
        TrustRepository.Set(_repository.Timestamp, 1);
        _repository.PublishTimestamp();

        var trusted = new TrustedMetadata(first, Now);
        trusted.UpdateRoot(_repository.File("root"));
        trusted.EndRootChain();

        Assert.True(trusted.TryLoadTimestamp(stored));
        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => trusted.UpdateTimestamp(_repository.File("timestamp"))));
    }

    [Fact]
    public void Accepts_unknown_members_keys_and_roles()
    {
        _repository.Root["custom-field"] = "value";
        _repository.Root["roles"]!["root"]!["another-field"] = "value";
        _repository.Root["roles"]!["mirrors"] = new JsonObject { ["keyids"] = new JsonArray(), ["threshold"] = 1 };
        _repository.Root["keys"]!["strange"] = new JsonObject { ["keytype"] = "sphincs" };
        _repository.Root["keys"]!["stranger"] = "no object";
        _repository.Root.Remove("consistent_snapshot");
        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();

        var trusted = Update();

        Assert.Equal(2, trusted.Root.Header.Version);
        Assert.False(trusted.Root.IsConsistentSnapshot);
    }

    [Fact]
    public void Reads_stored_targets_without_a_repository_until_they_expire()
    {
        var targets = _repository.File("targets");
        var trusted = new TrustedMetadata(_repository.File("root"), Now);
        trusted.EndRootChain();

        Assert.Equal(1, trusted.ReadStoredTargets(targets).Header.Version);
        Assert.Equal(RefusalReason.MetadataMalformed, Refused(() => { trusted.ReadStoredTargets(_repository.File("snapshot")); }));

        TrustRepository.Set(_repository.Targets, 2, Now);
        _repository.PublishTargets();
        Assert.Equal(RefusalReason.MetadataExpired, Refused(() => { trusted.ReadStoredTargets(_repository.File("targets")); }));
        Assert.Equal(
            RefusalReason.SignatureThreshold,
            Refused(() =>
            {
                trusted.ReadStoredTargets(TrustRepository.Sign(_repository.Targets, [TestSigner.Ecdsa()]));
            }));
    }

    [Theory]
    [InlineData("targets", "targets.json")]
    [InlineData("/x", "%2Fx.json")]
    [InlineData("../x", "..%2Fx.json")]
    [InlineData("?", "%3F.json")]
    [InlineData("#", "%23.json")]
    [InlineData("a-Z0_9.~", "a-Z0_9.~.json")]
    [InlineData("ä\\", "%C3%A4%5C.json")]
    public void A_role_name_never_becomes_a_path(string role, string file)
    {
        Assert.Equal(file, RoleFiles.Local(role));
        Assert.Equal("7." + file, RoleFiles.Remote(role, 7, isConsistentSnapshot: true));
        Assert.Equal(file, RoleFiles.Remote(role, 7, isConsistentSnapshot: false));
    }

    private static RefusalReason Refused(Action action) => Assert.Throws<RefusedException>(action).Reason;

    private static RefusalReason Refused(Func<object?> action) => Assert.Throws<RefusedException>(() => { action(); }).Reason;

    private byte[] MakeRoot(string text, int version)
    {
        var parts = text.Split('/');
        TestSigner[] Pick(string list) => [.. list.Split(',').Select(index => Keys[index[0] - '0'])];
        _repository.SetKeys("root", parts[1][0] - '0', Pick(parts[0]));
        TrustRepository.Set(_repository.Root, version);
        return TrustRepository.Sign(_repository.Root, Pick(parts[2]));
    }

    private TrustedMetadata Update()
    {
        var trusted = new TrustedMetadata(_repository.File("root", 1), Now);
        trusted.UpdateRoot(_repository.File("root", 2));
        return trusted;
    }
}
