using Definitions;
using Testing;
using Testing.ClamAv;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>The table of clamav-formats.md §2.6, through the whole pipeline.</summary>
public sealed class MirrorUpdateTests
{
    private static MirrorOptions Daily(MirrorHarness harness) => new() { PublicKeys = harness.KeysPath, Databases = ["daily"] };

    [Fact]
    public async Task The_first_update_takes_the_whole_file_and_reports_official_names()
    {
        await using var harness = await MirrorHarness.StartAsync();
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        Assert.Equal("Test.first-text", harness.Update.Scan("some first-text here"));
        Assert.Equal(101, harness.ActiveVersion());
        Assert.Equal("20260101.101", harness.Update.Status.Active!.Version.ToString());
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 200"], harness.Server.Requests);
    }

    [Fact]
    public async Task What_did_not_change_costs_one_conditional_request()
    {
        await using var harness = await MirrorHarness.StartAsync();
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        harness.Server.ClearRequests();
        await harness.IsCurrentAsync();
        Assert.Equal(["/daily.cvd 304"], harness.Server.Requests);
    }

    [Fact]
    public async Task Patches_are_fetched_instead_of_the_whole_file()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var second = harness.Publish(first, 102, "first-text", "second-text");
        harness.Publish(second, 103, "second-text", "third-text");
        harness.Server.ClearRequests();

        await harness.ActivatesAsync();

        Assert.Equal(["/daily.cvd 206", "/daily-102.cdiff 200", "/daily-103.cdiff 200"], harness.Server.Requests);
        Assert.Equal(103, harness.ActiveVersion());
        Assert.Null(harness.Update.Scan("first-text"));
        Assert.Equal("Test.third-text", harness.Update.Scan("third-text"));
        Assert.Empty(UpdateHarness.FilesIn(harness.Update.Folders.Staging));
    }

    [Fact]
    public async Task A_patched_database_and_the_whole_one_make_the_same_package()
    {
        await using var patched = await MirrorHarness.StartAsync();
        var first = patched.Publish(101, "first-text");
        await patched.ActivatesAsync();
        patched.Publish(first, 102, "second-text");
        await patched.ActivatesAsync();
        await using var whole = await MirrorHarness.StartAsync();
        whole.Publish(102, "second-text");
        await whole.ActivatesAsync();
        Assert.Equal(
            whole.Update.Store.List()[0].Packages.Single().Archive, patched.Update.Store.List()[0].Packages.Single().Archive);
    }

    public static TheoryData<string> BadPatches => ["missing", "zero", "flipped", "cut", "of another database", "not fitting"];

    [Theory, MemberData(nameof(BadPatches))]
    public async Task A_patch_that_does_not_serve_means_the_whole_file(string fault)
    {
        await using var harness = await MirrorHarness.StartAsync();
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var second = harness.Publish(first, 102, "second-text");
        var patch = MirrorHarness.Publisher.Cdiff(first, second);
        switch (fault)
        {
            case "missing":
                harness.Server.Remove("daily-102.cdiff");
                break;
            case "zero":
                harness.Server.Put("daily-102.cdiff", []);
                break;
            case "flipped":
                patch[patch.Length / 3] ^= 1;
                harness.Server.Put("daily-102.cdiff", patch);
                break;
            case "cut":
                harness.Server.Put("daily-102.cdiff", patch[..(patch.Length / 2)]);
                break;
            case "of another database":
                harness.Server.Put("daily-102.cdiff", MirrorHarness.Publisher.Cdiff(
                    PublisherFiles.Release("main", 101, "x"), PublisherFiles.Release("main", 102, "y")));
                break;
            default:
                harness.Server.Put("daily-102.cdiff", MirrorHarness.Publisher.PackCdiff(102, "OPEN daily.ndb\nDEL 77 Test\nCLOSE\n"));
                break;
        }

        harness.Server.ClearRequests();
        await harness.ActivatesAsync();
        Assert.Contains("/daily.cvd 200", harness.Server.Requests);
        Assert.Equal("Test.second-text", harness.Update.Scan("second-text"));
    }

    [Fact]
    public async Task A_missing_patch_after_good_ones_keeps_what_was_reached()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var second = harness.Publish(first, 102, "second-text");
        harness.Publish(second, 103, "third-text");
        harness.Server.Remove("daily-103.cdiff");
        await harness.ActivatesAsync();
        Assert.Equal(102, harness.ActiveVersion());
        Assert.Equal("Test.second-text", harness.Update.Scan("second-text"));
    }

    [Fact]
    public async Task Whole_files_only_when_patches_are_switched_off()
    {
        await using var harness = await MirrorHarness.StartAsync(h => new MirrorOptions
        { PublicKeys = h.KeysPath, Databases = ["daily"], UsesPatches = false });
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        harness.Publish(first, 102, "second-text");
        await harness.ActivatesAsync();
        Assert.DoesNotContain(harness.Server.Requests, request => request.Contains("cdiff", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_private_mirror_is_asked_for_its_patched_file_first_and_never_for_patches()
    {
        await using var harness = await MirrorHarness.StartAsync(h => new MirrorOptions
        { PublicKeys = h.KeysPath, Databases = ["daily"], IsPrivate = true });
        var release = PublisherFiles.Release("daily", 101, "first-text");
        harness.Server.Put("daily.cld", MirrorHarness.Publisher.Cld(release), release.Created);
        await harness.ActivatesAsync();
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));

        harness.Server.Remove("daily.cld");
        harness.Server.Fail("daily.cld", new ServerFault { Status = 403 });
        harness.Publish(102, "second-text");
        await harness.ActivatesAsync();
        Assert.Equal("Test.second-text", harness.Update.Scan("second-text"));
        Assert.DoesNotContain(harness.Server.Requests, request => request.Contains("cdiff", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_database_is_a_package_and_fails_alone()
    {
        await using var harness = await MirrorHarness.StartAsync(databases: ["daily", "main"]);
        harness.Publish(101, "daily-text");
        harness.Publish(PublisherFiles.Release("main", 60, "main-text"));
        await harness.ActivatesAsync();
        Assert.Equal("Test.main-text", harness.Update.Scan("main-text"));

        harness.Publish(102, "other-text");
        harness.Server.Fail("main", new ServerFault { Status = 404 });
        await harness.ActivatesAsync();
        Assert.Equal("Test.main-text", harness.Update.Scan("main-text"));
        Assert.Equal("Test.other-text", harness.Update.Scan("other-text"));
        Assert.Contains("source_answer", harness.Update.Status.Sources.Single().LastFailure, StringComparison.Ordinal);
    }

    public static TheoryData<string, RefusalReason> BadFiles => new()
    {
        { "flipped", RefusalReason.PackageDigest },
        { "cut", RefusalReason.PackageDigest },
        { "of another publisher", RefusalReason.DatabaseSignature },
        { "of another database", RefusalReason.DatabaseMalformed },
        { "no container", RefusalReason.DatabaseMalformed },
    };

    [Theory, MemberData(nameof(BadFiles))]
    [Trait("req", "M-208")]
    public async Task Wrong_bytes_are_refused_and_the_old_generation_serves(string fault, RefusalReason reason)
    {
        await using var harness = await MirrorHarness.StartAsync(h => new MirrorOptions
        { PublicKeys = h.KeysPath, Databases = ["daily"], UsesPatches = false });
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var release = PublisherFiles.Release("daily", 102, "second-text");
        var bytes = MirrorHarness.Publisher.Cvd(release);
        switch (fault)
        {
            case "flipped":
                bytes[^20] ^= 1;
                break;
            case "cut":
                bytes = bytes[..^20];
                break;
            case "of another publisher":
                bytes = new ClamAvPublisher("somebody else").Cvd(release);
                break;
            case "of another database":
                bytes = MirrorHarness.Publisher.Cvd(PublisherFiles.Release("main", 102, "second-text"));
                break;
            default:
                bytes = new byte[2000];
                break;
        }

        harness.Server.Put("daily.cvd", bytes, release.Created);
        await harness.RefusesAsync(reason);
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
        Assert.Null(harness.Update.Scan("second-text"));
        Assert.Equal(1, harness.Update.Service.Metrics.FailuresByReason[reason.ToWord()]);
    }

    [Fact]
    public async Task An_older_database_is_refused_without_a_download_and_taken_when_forced()
    {
        await using var harness = await MirrorHarness.StartAsync();
        harness.Publish(102, "second-text");
        await harness.ActivatesAsync();
        var older = PublisherFiles.Release("daily", 101, "first-text");
        harness.Server.Put("daily.cvd", MirrorHarness.Publisher.Cvd(older), harness.Update.Time.GetUtcNow());
        harness.Server.ClearRequests();
        await harness.RefusesAsync(RefusalReason.SequenceRollback);
        Assert.Equal(["/daily.cvd 206"], harness.Server.Requests);
        Assert.Equal("Test.second-text", harness.Update.Scan("second-text"));

        await harness.ActivatesAsync(force: true);
        Assert.Equal(101, harness.ActiveVersion());
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
    }

    [Fact]
    public async Task The_next_mirror_is_asked_when_the_first_is_behind_or_away()
    {
        await using var stale = await MirrorServer.StartAsync();
        await using var harness = await MirrorHarness.StartAsync(urls: ["http://127.0.0.1:9/", stale.Url, "*"]);
        var first = harness.Publish(101, "first-text");
        stale.Put("daily.cvd", MirrorHarness.Publisher.Cvd(first), first.Created);
        await harness.ActivatesAsync();
        Assert.Empty(harness.Server.Requests);
        stale.Fail("daily", new ServerFault { Status = 503 });
        harness.Publish(first, 102, "second-text");
        await harness.ActivatesAsync();
        Assert.Equal(102, harness.ActiveVersion());
    }

    [Fact]
    [Trait("req", "M-216")]
    public async Task A_rollback_holds_a_database_and_the_next_release_lifts_it()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var second = harness.Publish(first, 102, "second-text");
        await harness.ActivatesAsync();
        await harness.Update.Service.Selection.RollbackAsync(null, TimeSpan.FromHours(24), TestContext.Current.CancellationToken);
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
        Assert.IsType<UpdateOutcome.Held>((await harness.RunAsync()).Outcome);
        Assert.Equal(101, harness.ActiveVersion());

        harness.Publish(second, 103, "third-text");
        await harness.ActivatesAsync();
        Assert.Equal("Test.third-text", harness.Update.Scan("third-text"));
    }

    [Theory]
    [InlineData("good", true)]
    [InlineData("missing", true)]
    [InlineData("of other bytes", false)]
    public async Task A_sign_file_decides_where_certificates_are_configured(string kind, bool isTaken)
    {
        await using var harness = await MirrorHarness.StartAsync(h =>
        {
            h.Folder.Write("certs/root.pem", ClamAvPublisher.Default.Certificates.RootPem);
            return new MirrorOptions { PublicKeys = h.KeysPath, Databases = ["daily"], Certificates = h.Folder.Path("certs") };
        });
        var release = harness.Publish(101, "first-text");
        if (kind != "missing")
        {
            var signed = MirrorHarness.Publisher.Cvd(kind == "good" ? release : PublisherFiles.Release("daily", 100, "x"));
            harness.Server.Put("daily-101.cvd.sign", MirrorHarness.Publisher.SignFile(signed));
        }

        var report = await harness.RunAsync();
        Assert.Equal(isTaken, report.Outcome is UpdateOutcome.Activated);
        Assert.Contains(harness.Server.Requests, request => request.StartsWith("/daily-101.cvd.sign", StringComparison.Ordinal));
        Assert.Equal(kind == "good", report.Steps.Any(step => step.Message.Contains("signed by", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pinned_generation_is_kept_and_what_was_fetched_is_not_fetched_again()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var first = harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        await harness.Update.Service.Selection.PinAsync("1", TestContext.Current.CancellationToken);
        harness.Publish(first, 102, "second-text");
        Assert.IsType<UpdateOutcome.Held>((await harness.RunAsync()).Outcome);
        harness.Server.ClearRequests();
        Assert.IsType<UpdateOutcome.Held>((await harness.RunAsync()).Outcome);
        Assert.Equal(["/daily.cvd 304"], harness.Server.Requests);
        await harness.Update.Service.Selection.UnpinAsync(TestContext.Current.CancellationToken);
        await harness.ActivatesAsync();
        Assert.Equal("Test.second-text", harness.Update.Scan("second-text"));
    }

    [Fact]
    public async Task A_malformed_line_of_a_signed_database_refuses_it_and_it_is_not_fetched_again()
    {
        await using var harness = await MirrorHarness.StartAsync(databases: ["daily", "main"]);
        var first = harness.Publish(101, "first-text");
        harness.Publish(PublisherFiles.Release("main", 60, "main-text"));
        await harness.ActivatesAsync();
        harness.Publish(new ClamAvRelease("daily", 102, ("daily.ndb", "Broken:0:*:4142zz\n"u8.ToArray())), first);
        await harness.RefusesAsync(RefusalReason.SignatureMalformed);
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
        harness.Server.ClearRequests();
        await harness.RefusesAsync(RefusalReason.SignatureMalformed);
        Assert.Equal(["/daily.cvd 304", "/main.cvd 304"], harness.Server.Requests);
    }

    [Fact]
    public async Task A_container_that_nobody_signed_is_fetched_once_until_it_changes()
    {
        await using var harness = await MirrorHarness.StartAsync(updates: new UpdatesOptions { MinFreeBytes = 0, Retries = 3, JitterPercent = 0 });
        var release = PublisherFiles.Release("daily", 101, "first");
        harness.Server.Put("daily.cvd", new ClamAvPublisher("somebody else").Cvd(release));
        await harness.RefusesAsync(RefusalReason.DatabaseSignature);
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 200"], harness.Server.Requests);

        harness.Server.ClearRequests();
        var again = await harness.RefusesAsync(RefusalReason.DatabaseSignature);
        Assert.Contains("has not changed since", again.Outcome.Describe(), StringComparison.Ordinal);
        await harness.Update.RestartAsync();
        await harness.RefusesAsync(RefusalReason.DatabaseSignature);
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 206"], harness.Server.Requests);

        harness.Server.ClearRequests();
        Assert.IsType<UpdateOutcome.Refused>((await harness.RunAsync(force: true)).Outcome);
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 200"], harness.Server.Requests);

        harness.Server.Put("daily.cvd", MirrorHarness.Publisher.Cvd(release));
        await harness.ActivatesAsync();
        Assert.DoesNotContain("has not changed", await File.ReadAllTextAsync(
            Path.Combine(harness.Update.Folders.Trust, MirrorHarness.Source, "source.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_was_damaged_on_the_mirror_is_fetched_again_when_its_date_changes_only()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var release = PublisherFiles.Release("daily", 101, "first");
        var good = MirrorHarness.Publisher.Cvd(release);
        harness.Server.Put("daily.cvd", good[..^20], release.Created);
        await harness.RefusesAsync(RefusalReason.PackageDigest);
        await harness.RefusesAsync(RefusalReason.PackageDigest);
        Assert.Equal(["/daily.cvd 206", "/daily.cvd 200", "/daily.cvd 206"], harness.Server.Requests);
        harness.Server.Put("daily.cvd", good, release.Created.AddHours(1));
        await harness.ActivatesAsync();
    }

    [Fact]
    public async Task Other_keys_are_reason_to_look_at_a_refused_container_again()
    {
        await using var harness = await MirrorHarness.StartAsync();
        var other = new ClamAvPublisher("somebody else");
        harness.Server.Put("daily.cvd", other.Cvd(PublisherFiles.Release("daily", 101, "first")));
        await harness.RefusesAsync(RefusalReason.DatabaseSignature);
        await File.WriteAllTextAsync(harness.KeysPath, other.KeysJson(), TestContext.Current.CancellationToken);
        await harness.ActivatesAsync();
    }

    [Fact]
    public async Task Lost_state_costs_requests_and_nothing_else()
    {
        await using var harness = await MirrorHarness.StartAsync(Daily);
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        await harness.Update.StopAsync();
        File.Delete(Path.Combine(harness.Update.Folders.Trust, MirrorHarness.Source, "source.json"));
        await harness.Update.StartAsync();
        await harness.IsCurrentAsync();
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
    }

    [Fact]
    public async Task A_damaged_stored_package_is_made_again_from_the_mirror()
    {
        await using var harness = await MirrorHarness.StartAsync(Daily, databases: ["daily"]);
        harness.Publish(101, "first-text");
        await harness.ActivatesAsync();
        var stored = UpdateHarness.FilesIn(harness.Update.Folders.Generations).Single(file => file.EndsWith("daily.ndb", StringComparison.Ordinal));
        await File.WriteAllTextAsync(stored, "damaged", TestContext.Current.CancellationToken);
        var (name, content) = UpdateHarness.Ndb("own.ndb", "Own.One", "own-text");
        await File.WriteAllTextAsync(Path.Combine(harness.Update.Folders.Local, name), content, TestContext.Current.CancellationToken);
        await harness.ActivatesAsync();
        Assert.Equal("Test.first-text", harness.Update.Scan("first-text"));
        Assert.Equal("Own.One.UNOFFICIAL", harness.Update.Scan("own-text"));
    }
}
