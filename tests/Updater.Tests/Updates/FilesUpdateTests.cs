using System.Text;
using Definitions;
using Testing;
using Testing.ClamAv;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>A source of kind <c>files</c> through the whole pipeline.</summary>
public sealed class FilesUpdateTests
{
    private const string Name = "feeds";

    [Fact]
    public async Task Plain_files_become_one_unofficial_package()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        server.Put("b.hdb", Encoding.ASCII.GetBytes("44d88612fea8a8f36de82e1278abb02f:68:Feed.B\n"));
        await using var harness = await StartAsync([server.Url + "a.ndb", server.Url + "b.hdb"]);
        await ActivatesAsync(harness);
        Assert.Equal("Feed.A.UNOFFICIAL", harness.Scan("text-a"));
        Assert.Equal(Name, Assert.Single(harness.Status.Active!.Packages).Name);
    }

    [Fact]
    public async Task What_did_not_change_is_not_sent_again()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        await using var harness = await StartAsync([server.Url + "a.ndb"]);
        await ActivatesAsync(harness);
        var version = harness.Status.Active!.Version;
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
        Assert.Equal(["/a.ndb 200", "/a.ndb 304"], server.Requests);

        server.Put("a.ndb", Ndb("Feed.New", "text-new"), DateTimeOffset.UnixEpoch.AddYears(60));
        await ActivatesAsync(harness);
        Assert.Equal("Feed.New.UNOFFICIAL", harness.Scan("text-new"));
        Assert.Null(harness.Scan("text-a"));
        Assert.True(harness.Status.Active!.Version > version);
        Assert.Equal(2, harness.Status.Active.Packages[0].Sequence);
    }

    [Fact]
    public async Task The_same_content_under_a_new_date_makes_no_new_generation()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        await using var harness = await StartAsync([server.Url + "a.ndb"]);
        await ActivatesAsync(harness);
        server.Put("a.ndb", Ndb("Feed.A", "text-a"), DateTimeOffset.UnixEpoch.AddYears(60));
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
        Assert.Single(harness.Store.List());
    }

    [Fact]
    public async Task A_file_that_cannot_be_had_keeps_its_last_content()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        server.Put("b.ndb", Ndb("Feed.B", "text-b"));
        await using var harness = await StartAsync([server.Url + "a.ndb", server.Url + "b.ndb"]);
        await ActivatesAsync(harness);
        server.Remove("a.ndb");
        server.Put("b.ndb", Ndb("Feed.New", "text-new"), DateTimeOffset.UnixEpoch.AddYears(60));
        await ActivatesAsync(harness);
        Assert.Equal("Feed.A.UNOFFICIAL", harness.Scan("text-a"));
        Assert.Equal("Feed.New.UNOFFICIAL", harness.Scan("text-new"));
        Assert.Contains("source_answer", harness.Status.Sources.Single().LastFailure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html>log in</html>", RefusalReason.PackageMalformed)]
    [InlineData("  \r\n", RefusalReason.PackageMalformed)]
    public async Task A_page_instead_of_a_file_is_refused(string content, RefusalReason reason)
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Encoding.ASCII.GetBytes(content));
        await using var harness = await StartAsync([server.Url + "a.ndb"]);
        Assert.Equal(reason, Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome).Reason);
    }

    [Theory]
    [InlineData("Service unavailable\n")]
    [InlineData("{\"error\":1}")]
    public async Task A_sentence_instead_of_a_file_keeps_the_old_content(string content)
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        server.Put("b.ndb", Ndb("Feed.B", "text-b"));
        await using var harness = await StartAsync([server.Url + "a.ndb", server.Url + "b.ndb"]);
        await ActivatesAsync(harness);
        var generation = harness.Status.Active!.Id;
        server.Put("a.ndb", Encoding.ASCII.GetBytes(content), DateTimeOffset.UnixEpoch.AddYears(60));
        var refused = Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync(force: true)).Outcome);
        Assert.Equal(RefusalReason.SignatureMalformed, refused.Reason);
        Assert.Contains(server.Url + "a.ndb", refused.Message, StringComparison.Ordinal);
        Assert.Equal(generation, harness.Status.Active!.Id);
        Assert.Equal("Feed.A.UNOFFICIAL", harness.Scan("text-a"));
        Assert.Contains("signature_malformed", harness.Status.Sources.Single().LastFailure, StringComparison.Ordinal);

        // The others go on.
        server.Put("b.ndb", Ndb("Feed.New", "text-new"), DateTimeOffset.UnixEpoch.AddYears(61));
        await ActivatesAsync(harness);
        Assert.Equal("Feed.A.UNOFFICIAL", harness.Scan("text-a"));
        Assert.Equal("Feed.New.UNOFFICIAL", harness.Scan("text-new"));
    }

    [Theory]
    [InlineData("a.ndb", "# comment only\n")]
    [InlineData("a.ndb", "Later:0:*:414243:500\n")]
    [InlineData("a.hdu", "44d88612fea8a8f36de82e1278abb02f:68:PUA.Tool.One\n")]
    public async Task A_generation_without_any_signature_is_refused(string name, string content)
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put(name, Encoding.ASCII.GetBytes(content));
        await using var first = await StartAsync([server.Url + name]);
        Assert.Equal(RefusalReason.NoSignatures, Assert.IsType<UpdateOutcome.Refused>((await first.UpdateAsync()).Outcome).Reason);
        Assert.Null(first.Status.Active);
        Assert.Equal(Updater.Status.DefinitionsState.NoDefinitions, first.Status.State);

        server.Put("b.ndb", Ndb("Feed.B", "text-b"));
        await using var harness = await StartAsync([server.Url + "b.ndb"]);
        await ActivatesAsync(harness);
        server.Put("b.ndb", "# comment only\n"u8.ToArray(), DateTimeOffset.UnixEpoch.AddYears(60));
        Assert.Equal(RefusalReason.NoSignatures, Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome).Reason);
        Assert.Equal("Feed.B.UNOFFICIAL", harness.Scan("text-b"));
        server.Put("b.ndb", Ndb("Feed.New", "text-new"), DateTimeOffset.UnixEpoch.AddYears(61));
        await ActivatesAsync(harness);
        Assert.Equal("Feed.New.UNOFFICIAL", harness.Scan("text-new"));
    }

    [Fact]
    public async Task Lists_alone_in_a_file_are_taken_beside_signatures()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("own.ign2", "Feed.A\n"u8.ToArray());
        await using var harness = await StartAsync([server.Url + "own.ign2", server.Url + "a.ndb"]);
        Assert.Equal(RefusalReason.NoSignatures, Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome).Reason);
        server.Put("a.ndb", Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", "Feed.A", "text-a").Content + UpdateHarness.Ndb("x", "Feed.B", "text-b").Content));
        await ActivatesAsync(harness);
        Assert.Null(harness.Scan("text-a"));
        Assert.Equal("Feed.B.UNOFFICIAL", harness.Scan("text-b"));
    }

    [Theory]
    [InlineData("missing", "source_answer")]
    [InlineData("empty", "package_malformed")]
    [InlineData("unsigned container", "database_signature")]
    [InlineData("wrong digest", "package_digest")]
    [InlineData("sentence", "signature_malformed")]
    public async Task Each_address_that_fails_is_told_though_the_others_are_active(string kind, string reason)
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        var bad = kind == "unsigned container" ? "b.cvd" : "b.ndb";
        if (kind != "missing")
        {
            server.Put(bad, kind switch
            {
                "unsigned container" => ClamAvPublisher.Default.Cvd(PublisherFiles.Release("b", 1, "other-text")),
                "wrong digest" => Ndb("Feed.B", "text-b"),
                "sentence" => "Service unavailable\n"u8.ToArray(),
                _ => [],
            });
        }

        var demand = kind == "wrong digest" ? $"#sha256={new string('0', 64)}" : "";
        await using var harness = await StartAsync([server.Url + "a.ndb", server.Url + bad + demand, server.Url + "gone.hdb"]);
        var report = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Activated>(report.Outcome);
        Assert.Equal([server.Url + bad, server.Url + "gone.hdb"], report.Problems.Select(problem => problem.Part));
        Assert.Equal([reason, "source_answer"], report.Problems.Select(problem => problem.Outcome.ReasonWord()));
        Assert.All(report.Problems, problem => Assert.Contains(problem.Part, problem.Outcome.Describe(), StringComparison.Ordinal));
        Assert.Equal(reason, harness.Status.LastFailureReason);
        Assert.EndsWith("And 1 more.", harness.Status.Sources.Single().LastFailure, StringComparison.Ordinal);
        Assert.Equal(report.Problems, harness.Service.Runs(1)[0].Problems);

        // Also for one who asks after the process has ended.
        await harness.RestartAsync();
        Assert.Equal(reason, harness.Status.LastFailureReason);
        Assert.Equal(report.Problems, harness.Service.Runs(1)[0].Problems);
    }

    [Fact]
    public async Task Every_address_is_told_when_none_can_be_had()
    {
        await using var server = await MirrorServer.StartAsync();
        await using var harness = await StartAsync([server.Url + "a.ndb", server.Url + "b.ndb"]);
        var report = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Failed>(report.Outcome);
        Assert.All(["a.ndb", "b.ndb"], name => Assert.Contains(
            report.Problems, problem => problem.Outcome.Describe().Contains(server.Url + name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_demanded_digest_that_does_not_fit_keeps_the_old_content()
    {
        await using var server = await MirrorServer.StartAsync();
        var good = Ndb("Feed.A", "text-a");
        server.Put("a.ndb", good);
        await using var harness = await StartAsync([$"{server.Url}a.ndb#sha256={Digest.Of(good)}"]);
        await ActivatesAsync(harness);
        server.Put("a.ndb", Ndb("Feed.Evil", "text-evil"), DateTimeOffset.UnixEpoch.AddYears(60));
        Assert.Equal(RefusalReason.PackageDigest, Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome).Reason);
        Assert.Equal("Feed.A.UNOFFICIAL", harness.Scan("text-a"));
    }

    [Theory]
    [InlineData("{0}\n", true)]
    [InlineData("{0}  a.ndb\n", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  b.ndb\n{0} *a.ndb\n", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  a.ndb\n", false)]
    [InlineData("nothing\n", false)]
    public async Task A_checksum_beside_the_file_decides(string checksum, bool isTaken)
    {
        await using var server = await MirrorServer.StartAsync();
        var content = Ndb("Feed.A", "text-a");
        server.Put("a.ndb", content);
        server.Put("a.ndb.sha256", Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, checksum, Digest.Of(content))));
        await using var harness = await StartAsync([server.Url + "a.ndb"], new CustomFileOptions { HasChecksums = true });
        Assert.Equal(isTaken, (await harness.UpdateAsync()).Outcome is UpdateOutcome.Activated);
    }

    [Theory]
    [InlineData("over the digest", true)]
    [InlineData("over the file", true)]
    [InlineData("by another key", false)]
    [InlineData("of another file", false)]
    [InlineData("missing", false)]
    public async Task A_minisign_signature_beside_the_file_decides(string kind, bool isTaken)
    {
        await using var server = await MirrorServer.StartAsync();
        var signer = new MinisignSigner(1);
        var content = Ndb("Feed.A", "text-a");
        server.Put("a.ndb", content);
        if (kind != "missing")
        {
            server.Put("a.ndb.minisig", (kind == "by another key" ? new MinisignSigner(2) : signer).Sign(
                kind == "of another file" ? Ndb("Feed.B", "text-b") : content, isOverDigest: kind != "over the file"));
        }

        await using var harness = await StartAsync([server.Url + "a.ndb"], new CustomFileOptions { MinisignKey = signer.PublicKey });
        Assert.Equal(isTaken, (await harness.UpdateAsync()).Outcome is UpdateOutcome.Activated);
    }

    [Fact]
    public async Task A_stricter_configuration_checks_what_is_here_already()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        await using var harness = await StartAsync([server.Url + "a.ndb"]);
        await ActivatesAsync(harness);
        await harness.StopAsync();
        harness.Sources = [Options([server.Url + "a.ndb"], new CustomFileOptions { MinisignKey = new MinisignSigner(1).PublicKey })];
        await harness.StartAsync();
        Assert.IsType<UpdateOutcome.Failed>((await harness.UpdateAsync()).Outcome);
        Assert.Equal(["/a.ndb 200", "/a.ndb 200", "/a.ndb.minisig 404"], server.Requests);
    }

    [Fact]
    public async Task Containers_are_unpacked_signed_or_not_and_stay_unofficial()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("own.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 1, "own-text")));
        server.Put("other.cvd", ClamAvPublisher.Default.Cvd(PublisherFiles.Release("other", 1, "other-text")));
        using var folder = new TempFolder();
        var keys = folder.Write("keys.json", Encoding.ASCII.GetBytes(ClamAvPublisher.Default.KeysJson()));
        await using var harness = await StartAsync([server.Url + "own.cud", server.Url + "other.cvd"], keys: keys);
        await ActivatesAsync(harness);
        Assert.Equal("Test.own-text.UNOFFICIAL", harness.Scan("own-text"));
        Assert.Equal("Test.other-text.UNOFFICIAL", harness.Scan("other-text"));
    }

    [Fact]
    public async Task Members_of_two_containers_may_have_one_name_and_are_told_by_both()
    {
        await using var server = await MirrorServer.StartAsync();
        server.Put("one.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 1, "one-text")));
        server.Put("two.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 2, "two-text")));
        await using var harness = await StartAsync([server.Url + "one.cud", server.Url + "two.cud"]);
        await ActivatesAsync(harness);
        Assert.Equal("Test.one-text.UNOFFICIAL", harness.Scan("one-text"));
        Assert.Equal("Test.two-text.UNOFFICIAL", harness.Scan("two-text"));

        // What is here already is found again under its name.
        server.ClearRequests();
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
        Assert.All(server.Requests, request => Assert.EndsWith(" 304", request, StringComparison.Ordinal));

        server.Put("two.cud", ClamAvPublisher.Cud(new ClamAvRelease("own", 3, ("own.ndb", "Test.new:0:*:414243\nbad\n"u8.ToArray()))), DateTimeOffset.UnixEpoch.AddYears(60));
        var report = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Activated>(report.Outcome);
        Assert.Contains("first: two.cud!own.ndb:2:", report.LeftOut, StringComparison.Ordinal);
        Assert.Equal(
            "two.cud!own.ndb",
            Assert.Single(report.Findings, finding => finding.Found.Severity == Definitions.Signatures.DiagnosticSeverity.Error).Found.File);
        Assert.Equal("feeds", report.Findings[0].Package);
    }

    [Theory]
    [InlineData("own.cud", "own.ndb", "own.cud+own.ndb", "own.cud!own.ndb")]
    [InlineData("x.ndb", "y", "y", "y")]
    public void A_member_is_named_by_its_container(string container, string member, string packed, string shown)
    {
        Assert.Equal(packed, Updater.Sources.ContainerFiles.PackedName(container, member));
        Assert.Equal(shown, Updater.Sources.ContainerFiles.ShownName(packed));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(95)]
    [InlineData(100)]
    public void A_long_member_name_stays_a_name_of_a_package(int length)
    {
        var member = new string('m', length - 4) + ".ndb";
        var packed = Updater.Sources.ContainerFiles.PackedName(new string('c', 80) + ".cud", member);
        Assert.True(Definitions.Packages.PackageFileName.IsValid(packed), packed);
        Assert.EndsWith(member, Updater.Sources.ContainerFiles.ShownName(packed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_folder_are_taken_and_noticed_when_they_change()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a b.ndb".Replace(' ', '-'), Ndb("Feed.A", "text-a"));
        await using var harness = await StartAsync([path]);
        await ActivatesAsync(harness);
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
        await File.WriteAllBytesAsync(path, Ndb("Feed.New", "text-new-and-longer"), TestContext.Current.CancellationToken);
        await ActivatesAsync(harness);
        Assert.Equal("Feed.New.UNOFFICIAL", harness.Scan("text-new-and-longer"));
    }

    [Fact]
    [Trait("req", "M-316")]
    public async Task A_server_that_wants_rest_is_left_alone_and_the_others_are_asked()
    {
        await using var busy = await MirrorServer.StartAsync();
        await using var server = await MirrorServer.StartAsync();
        server.Put("a.ndb", Ndb("Feed.A", "text-a"));
        busy.Fail("b.ndb", new ServerFault { Status = 429, RetryAfter = "60" });
        await using var harness = await StartAsync([server.Url + "a.ndb", busy.Url + "b.ndb"]);
        await ActivatesAsync(harness);
        busy.Heal();
        busy.Put("b.ndb", Ndb("Feed.B", "text-b"));
        busy.ClearRequests();
        await harness.UpdateAsync(force: true);
        Assert.Empty(busy.Requests);
        harness.Time.Advance(TimeSpan.FromSeconds(61));
        await ActivatesAsync(harness);
        Assert.Equal("Feed.B.UNOFFICIAL", harness.Scan("text-b"));
    }

    private static byte[] Ndb(string signature, string text) =>
        Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", signature, text).Content);

    private static SourceOptions Options(string[] urls, CustomFileOptions? files = null, string keys = "") => new()
    {
        Name = Name,
        Kind = SourceKinds.Files,
        Urls = urls,
        Files = files ?? new CustomFileOptions(),
        Mirror = new MirrorOptions { PublicKeys = keys },
    };

    private static async Task<UpdateHarness> StartAsync(string[] urls, CustomFileOptions? files = null, string keys = "")
    {
        var harness = new UpdateHarness { Sources = [Options(urls, files, keys)] };
        await harness.StartAsync();
        return harness;
    }

    private static async Task ActivatesAsync(UpdateHarness harness)
    {
        var report = await harness.UpdateAsync();
        Assert.True(report.Outcome is UpdateOutcome.Activated, $"{report.Outcome}\n{string.Join('\n', report.Steps.Select(step => step.Message))}");
    }
}
