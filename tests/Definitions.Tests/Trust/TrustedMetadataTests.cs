using System.Text;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>
/// The order of an update and what each role's file must fulfil (tuf-client.md §5.2 to 5.6); each attack is a test
/// (M-328). Rotations and roots are in <see cref="RootChainTests"/>.
/// </summary>
[Trait("req", "M-328")]
public sealed class TrustedMetadataTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly TrustRepository _repository = new(Now);

    [Fact]
    public void Accepts_a_whole_good_repository()
    {
        var trusted = Refresh();

        Assert.Equal(1, trusted.Timestamp!.Header.Version);
        Assert.Equal(1, trusted.Snapshot!.Header.Version);
        Assert.Equal(1, trusted.Targets!.Header.Version);
    }

    [Fact]
    public void Accepts_files_whose_length_and_hashes_are_listed()
    {
        _repository.ListsHashes = true;
        _repository.Publish();

        Assert.Equal(2, Refresh().Targets!.Header.Version);
    }

    [Fact]
    public void Accepts_unknown_members_everywhere_and_verifies_over_them()
    {
        _repository.Targets["x-\U00010000"] = new JsonObject { ["deep"] = new JsonArray(1, "\n", null) };
        _repository.Timestamp["custom"] = true;
        _repository.Publish();

        Assert.Equal(2, Refresh().Targets!.Header.Version);
    }

    // Arbitrary content: wrong, missing or too few signatures.

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_a_role_that_nobody_signed(string role)
    {
        _repository.Signers[role].Clear();
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_a_role_signed_by_a_stranger(string role)
    {
        _repository.Signers[role] = [TestSigner.Ecdsa()];
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    [Fact]
    public void Refuses_a_role_signed_by_another_roles_key()
    {
        _repository.Signers["targets"] = _repository.Signers["timestamp"];
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_every_flipped_byte(string role)
    {
        var good = _repository.File(role);
        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 0x01;
            if (!ChangesNothingSigned(good, bad))
            {
                _ = Refused(() => Refresh(replaceRole: role, by: bad));
            }
        }
    }

    [Fact]
    public void Refuses_two_of_three_signatures()
    {
        var signers = new[] { TestSigner.Ed25519(), TestSigner.Ed25519(), TestSigner.Ed25519() };
        Rekey("snapshot", 3, signers);
        _repository.Signers["snapshot"].RemoveAt(1);
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    [Fact]
    public void Accepts_a_threshold_of_every_kind_of_key_with_strange_signatures_beside()
    {
        Rekey("targets", 3, TestSigner.Ed25519(), TestSigner.Ecdsa(), TestSigner.RsaPss());
        _repository.Signers["targets"].Insert(0, TestSigner.Ecdsa());
        _repository.Publish();

        Assert.Equal(2, Refresh().Targets!.Header.Version);
    }

    [Fact]
    public void Refuses_one_key_under_two_ids_as_two_signatures()
    {
        var one = TestSigner.Ed25519();
        var same = one.With(key => key["note"] = "x");
        Rekey("snapshot", 2, one, same);
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    [Fact]
    public void Accepts_one_wrong_and_one_empty_signature_beside_a_good_one()
    {
        var (good, wrong, empty) = (TestSigner.Ed25519(), TestSigner.Ed25519(), TestSigner.Ed25519());
        Rekey("timestamp", 1, good, wrong, empty);
        TrustRepository.Bump(_repository.Timestamp);
        _repository.Signers["timestamp"] = [good];
        _repository.PublishTimestamp();
        var file = JsonNode.Parse(_repository.File("timestamp"))!;
        file["signatures"]!.AsArray().Insert(0, Signature(wrong, new string('a', 128)));
        file["signatures"]!.AsArray().Insert(0, Signature(empty, ""));
        _repository.Files["metadata/timestamp.json"] = Encoding.UTF8.GetBytes(file.ToJsonString());

        Assert.Equal(2, Refresh().Timestamp!.Header.Version);
    }

    [Fact]
    public void Refuses_a_threshold_that_has_fewer_keys()
    {
        Rekey("snapshot", 6, [.. Enumerable.Range(0, 5).Select(_ => TestSigner.Ed25519())]);
        _repository.Publish();

        Assert.Equal(RefusalReason.SignatureThreshold, Refused(() => Refresh()));
    }

    // Wrong kind of file in the right place.

    [Fact]
    public void Refuses_a_validly_signed_snapshot_served_as_timestamp()
    {
        // One key for both roles, so that only the type tells them apart.
        var key = TestSigner.Ed25519();
        Rekey("timestamp", 1, key);
        Rekey("snapshot", 1, key);
        _repository.Publish();

        Assert.Equal(
            RefusalReason.MetadataMalformed, Refused(() => Refresh(replaceRole: "timestamp", by: _repository.File("snapshot"))));
    }

    [Theory]
    [InlineData("timestamp", "version", "0")]
    [InlineData("timestamp", "version", "-1")]
    [InlineData("timestamp", "version", "\"2\"")]
    [InlineData("timestamp", "version", "null")]
    [InlineData("timestamp", "version", "9007199254740993")]
    [InlineData("timestamp", "version", "123456789012345678901234567890")]
    [InlineData("timestamp", "expires", "\"2030-01-01\"")]
    [InlineData("timestamp", "expires", "\"2030-01-01T00:00:00+00:00\"")]
    [InlineData("timestamp", "expires", "1893456000")]
    [InlineData("timestamp", "spec_version", "\"2.0.0\"")]
    [InlineData("timestamp", "spec_version", "\"1\"")]
    [InlineData("timestamp", "spec_version", "1")]
    [InlineData("timestamp", "meta", "{}")]
    [InlineData("timestamp", "meta", "[]")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1},\"other.json\":{\"version\":1}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"length\":-1}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"length\":\"x\"}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{}}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":\"00\"}}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha512\":\"00\"}}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":1}}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":{\"version\":1,\"hashes\":{\"blake2b\":\"00\"}}}")]
    [InlineData("timestamp", "meta", "{\"snapshot.json\":7}")]
    [InlineData("snapshot", "meta", "{}")]
    [InlineData("snapshot", "meta", "{\"targets.json\":{}}")]
    [InlineData("snapshot", "meta", "{\"targets.json\":{\"version\":1},\"x.json\":null}")]
    [InlineData("targets", "targets", "[]")]
    [InlineData("targets", "targets", "{\"a\":null}")]
    [InlineData("targets", "targets", "{\"a\":{\"length\":1}}")]
    [InlineData("targets", "targets", "{\"a\":{\"length\":-1,\"hashes\":{\"sha256\":\"\"}}}")]
    [InlineData("targets", "targets", "{\"a\":{\"length\":1,\"hashes\":{\"md5\":\"00\"}}}")]
    [InlineData("targets", "delegations", "[]")]
    public void Refuses_validly_signed_nonsense(string role, string member, string json)
    {
        var tree = role switch
        {
            "timestamp" => _repository.Timestamp,
            "snapshot" => _repository.Snapshot,
            _ => _repository.Targets,
        };
        tree[member] = JsonNode.Parse(json);
        var bytes = TrustRepository.Sign(tree, _repository.Signers[role]);

        Assert.Equal(RefusalReason.MetadataMalformed, Refused(() => Refresh(replaceRole: role, by: bytes)));
    }

    [Fact]
    public void Accepts_the_short_spec_version_and_unknown_snapshot_entries()
    {
        _repository.Snapshot["spec_version"] = "1.0";
        _repository.Snapshot["meta"]!["root.json"] = new JsonObject { ["version"] = 7 };
        _repository.Publish();

        Assert.Equal(2, Refresh().Snapshot!.Meta.Count);
    }

    // Rollback.

    [Fact]
    public void Refuses_a_timestamp_older_than_the_trusted_one()
    {
        _repository.Publish();
        var stored = _repository.File("timestamp");
        TrustRepository.Set(_repository.Timestamp, 1);
        _repository.PublishTimestamp();

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(timestamp: stored)));
    }

    [Fact]
    public void Refuses_a_timestamp_older_than_an_expired_trusted_one()
    {
        TrustRepository.Set(_repository.Timestamp, 5, Now.AddDays(-1));
        _repository.PublishTimestamp();
        var stored = _repository.File("timestamp");
        TrustRepository.Set(_repository.Timestamp, 4, Now.AddDays(1));
        _repository.PublishTimestamp();

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(timestamp: stored)));
    }

    [Fact]
    public void Refuses_a_newer_timestamp_that_names_an_older_snapshot()
    {
        _repository.Publish();
        var stored = _repository.File("timestamp");
        _repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 1;
        TrustRepository.Bump(_repository.Timestamp);
        _repository.PublishTimestamp();

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(timestamp: stored)));
    }

    [Fact]
    public void Keeps_the_stored_timestamp_when_the_same_version_comes_with_other_content()
    {
        var stored = _repository.File("timestamp");
        _repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 100;
        _repository.PublishTimestamp();
        var trusted = Start();

        Assert.True(trusted.TryLoadTimestamp(stored));
        Assert.False(trusted.UpdateTimestamp(_repository.File("timestamp")));
        Assert.Equal(1, trusted.Timestamp!.Snapshot.Version);
    }

    [Fact]
    public void Ignores_a_damaged_stored_timestamp()
    {
        var trusted = Start();

        Assert.False(trusted.TryLoadTimestamp("{"u8));
        Assert.True(trusted.UpdateTimestamp(_repository.File("timestamp")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refuses_a_snapshot_that_names_older_targets(bool listsHashes)
    {
        _repository.ListsHashes = listsHashes;
        _repository.Publish();
        var (timestamp, snapshot) = (_repository.File("timestamp"), _repository.File("snapshot"));
        TrustRepository.Set(_repository.Targets, 0);
        _repository.Publish(); // Targets 1 in snapshot 3.

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(timestamp: timestamp, snapshot: snapshot)));
    }

    [Fact]
    public void Refuses_a_snapshot_that_lost_a_role()
    {
        _repository.Snapshot["meta"]!["rapid.json"] = new JsonObject { ["version"] = 1 };
        _repository.Publish();
        var (timestamp, snapshot) = (_repository.File("timestamp"), _repository.File("snapshot"));
        _repository.Snapshot["meta"]!.AsObject().Remove("rapid.json");
        _repository.Publish();

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(timestamp: timestamp, snapshot: snapshot)));
    }

    [Fact]
    public void An_expired_stored_snapshot_is_still_the_base_for_rollback_checks()
    {
        TrustRepository.Set(_repository.Snapshot, 1, Now.AddDays(-1));
        _repository.Snapshot["meta"]!["targets.json"]!["version"] = 9;
        _repository.PublishSnapshot();
        var snapshot = _repository.File("snapshot");
        TrustRepository.Set(_repository.Snapshot, 1, Now.AddDays(1));
        _repository.Publish();

        Assert.Equal(RefusalReason.MetadataRollback, Refused(() => Refresh(snapshot: snapshot)));
    }

    // Mix and match: files of different moments, or of a half-synced mirror.

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_another_version_than_the_listed_one(string role)
    {
        _repository.Publish();
        _repository.Publish();

        Assert.Equal(
            RefusalReason.MetadataMismatch, Refused(() => Refresh(replaceRole: role, by: _repository.File(role, 2))));
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_another_content_than_the_listed_hash(string role)
    {
        _repository.ListsHashes = true;
        _repository.Publish();
        byte[] padded = [.. _repository.File(role), (byte)' '];
        var tree = role == "snapshot" ? _repository.Snapshot : _repository.Targets;
        tree["z"] = "y";
        var sameVersion = TrustRepository.Sign(tree, _repository.Signers[role]);

        Assert.Equal(RefusalReason.MetadataMismatch, Refused(() => Refresh(replaceRole: role, by: padded)));
        Assert.Equal(RefusalReason.MetadataMismatch, Refused(() => Refresh(replaceRole: role, by: sameVersion)));
    }

    // Freeze.

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void Refuses_a_role_at_the_second_it_expires_and_accepts_it_before(string role)
    {
        var tree = role switch
        {
            "timestamp" => _repository.Timestamp,
            "snapshot" => _repository.Snapshot,
            _ => _repository.Targets,
        };
        tree["expires"] = TrustRepository.Time(Now);
        _repository.Publish();
        Assert.Equal(RefusalReason.MetadataExpired, Refused(() => Refresh()));

        tree["expires"] = TrustRepository.Time(Now.AddSeconds(1));
        _repository.Publish();
        Assert.NotNull(Refresh().Targets);
    }

    [Fact]
    public void Refuses_the_stored_timestamp_once_it_expired_although_nothing_newer_is_served()
    {
        var stored = _repository.File("timestamp");

        var refusal = Assert.Throws<RefusedException>(() => Refresh(timestamp: stored, now: Now.AddDays(31)));

        Assert.Equal(RefusalReason.MetadataExpired, refusal.Reason);
        Assert.Contains("clock", refusal.Message, StringComparison.Ordinal);
    }

    // What is stored is used again only where it may be.

    [Fact]
    public void Uses_stored_snapshot_and_targets_when_they_are_the_listed_ones()
    {
        var trusted = Start();
        trusted.UpdateTimestamp(_repository.File("timestamp"));

        Assert.True(trusted.TryLoadSnapshot(_repository.File("snapshot")));
        Assert.True(trusted.TryLoadTargets(_repository.File("targets")));
    }

    [Fact]
    public void Does_not_use_stored_targets_of_another_version_or_content()
    {
        _repository.ListsHashes = true;
        _repository.Publish();
        var trusted = Start();
        trusted.UpdateTimestamp(_repository.File("timestamp"));
        trusted.UpdateSnapshot(_repository.File("snapshot"));

        Assert.False(trusted.TryLoadTargets(_repository.File("targets", 1)));
        Assert.False(trusted.TryLoadTargets([.. _repository.File("targets"), (byte)'\n']));
        Assert.False(trusted.TryLoadTargets("garbage"u8));
        Assert.True(trusted.TryLoadTargets(_repository.File("targets")));
    }

    // Limits.

    [Fact]
    public void Refuses_a_timestamp_of_more_bytes_than_the_limit()
    {
        _repository.Timestamp["padding"] = new string('x', TrustLimits.MaxTimestampBytes);
        _repository.Publish();

        Assert.Equal(RefusalReason.MetadataTooLarge, Refused(() => Refresh()));
    }

    [Fact]
    public void Refuses_an_unlisted_length_above_the_roles_limit_and_accepts_a_listed_one()
    {
        _repository.Snapshot["padding"] = new string('x', TrustLimits.MaxSnapshotBytes);
        _repository.Publish();
        Assert.Equal(RefusalReason.MetadataTooLarge, Refused(() => Refresh()));

        _repository.ListsHashes = true;
        _repository.Publish();
        Assert.NotNull(Refresh().Snapshot);
    }

    [Fact]
    public void Refuses_a_listed_length_that_no_client_could_hold()
    {
        _repository.Timestamp["meta"]!["snapshot.json"]!["length"] = long.MaxValue;
        TrustRepository.Bump(_repository.Timestamp);
        _repository.PublishTimestamp();
        var trusted = Start();
        trusted.UpdateTimestamp(_repository.File("timestamp"));

        Assert.Equal(
            RefusalReason.MetadataTooLarge,
            Refused(() => trusted.Timestamp!.Snapshot.MaxBytes(TrustLimits.MaxSnapshotBytes)));
    }

    [Fact]
    public void A_refused_file_leaves_the_trusted_state_untouched()
    {
        var trusted = Start();
        trusted.UpdateTimestamp(_repository.File("timestamp"));

        Refused(() => trusted.UpdateSnapshot("{}"u8));
        Assert.Null(trusted.Snapshot);
        trusted.UpdateSnapshot(_repository.File("snapshot"));
        Refused(() => trusted.UpdateTargets(_repository.File("snapshot")));
        Assert.Null(trusted.Targets);
        trusted.UpdateTargets(_repository.File("targets"));
    }

    [Fact]
    public void Steps_out_of_order_are_a_bug_not_a_refusal()
    {
        var trusted = new TrustedMetadata(_repository.File("root"), Now);

        Assert.Throws<InvalidOperationException>(() => trusted.UpdateTimestamp(_repository.File("timestamp")));
        trusted.EndRootChain();
        Assert.Throws<InvalidOperationException>(() => trusted.UpdateRoot(_repository.File("root")));
        Assert.Throws<InvalidOperationException>(() => trusted.UpdateSnapshot(_repository.File("snapshot")));
        Assert.Throws<InvalidOperationException>(() => trusted.UpdateTargets(_repository.File("targets")));
    }

    private static JsonObject Signature(TestSigner signer, string value) =>
        new() { ["keyid"] = signer.KeyId, ["sig"] = value };

    private static RefusalReason Refused(Action action) => Assert.Throws<RefusedException>(action).Reason;

    private static RefusalReason Refused(Func<object?> action) => Assert.Throws<RefusedException>(() => { action(); }).Reason;

    /// <summary>
    /// A flipped bit may hide in the text of a signature: 'a' and 'A' are one hex digit. Such a file says the same.
    /// </summary>
    private static bool ChangesNothingSigned(byte[] good, byte[] bad) =>
        Encoding.UTF8.GetString(good).Equals(Encoding.UTF8.GetString(bad), StringComparison.OrdinalIgnoreCase);

    private void Rekey(string role, int threshold, params TestSigner[] signers)
    {
        _repository.SetKeys(role, threshold, signers);
        TrustRepository.Bump(_repository.Root);
        _repository.PublishRoot();
    }

    /// <summary>With the newest root as trusted one.</summary>
    private TrustedMetadata Start(DateTimeOffset? now = null)
    {
        var trusted = new TrustedMetadata(_repository.File("root"), now ?? Now);
        trusted.EndRootChain();
        return trusted;
    }

    /// <summary>A whole update as the channel client does it, from the newest files, over these stored ones.</summary>
    private TrustedMetadata Refresh(
        byte[]? timestamp = null,
        byte[]? snapshot = null,
        DateTimeOffset? now = null,
        string? replaceRole = null,
        byte[]? by = null)
    {
        if (now is not null)
        {
            _repository.Root["expires"] = TrustRepository.Time(now.Value.AddDays(1));
            TrustRepository.Bump(_repository.Root);
            _repository.PublishRoot();
        }

        byte[] Serve(string role) => role == replaceRole ? by! : _repository.File(role);
        var trusted = Start(now);
        if (timestamp is not null)
        {
            Assert.True(trusted.TryLoadTimestamp(timestamp));
        }

        trusted.UpdateTimestamp(Serve("timestamp"));
        if (snapshot is null || !trusted.TryLoadSnapshot(snapshot))
        {
            trusted.UpdateSnapshot(Serve("snapshot"));
        }

        trusted.UpdateTargets(Serve("targets"));
        return trusted;
    }
}
