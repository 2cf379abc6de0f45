using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Cdiff;

/// <summary>Patches on an unpacked database: the publisher's result, or nothing at all.</summary>
public sealed class CdiffApplierTests : IDisposable
{
    private static readonly ClamAvRelease Third = new("tst", 7, [.. Second.Members.Take(2), ("tst.ndb", Text("H.1:0:*:48484848\n"))]);

    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_patch_leads_to_the_publishers_next_version()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var patched = Apply(OpenPatch(Publisher.Cdiff(First, Second)), database);
        Assert.Equal((6L, ContainerKind.Cld, database.Folder), (patched.Header.Version, patched.Kind, patched.Folder));
        Assert.Equal(Content(_harness.Unpack(Publisher.Cvd(Second)).Folder), Content(patched.Folder));
        var written = new MemoryStream();
        ContainerWriter.WriteCld(patched, written);
        Assert.Equal(Publisher.Cld(Second), written.ToArray());
    }

    [Fact]
    public void Patches_follow_each_other()
    {
        var database = _harness.Unpack(Publisher.Cld(First), ContainerKind.Cld);
        database = Apply(OpenPatch(Publisher.Cdiff(First, Second)), database);
        database = Apply(OpenPatch(Publisher.Cdiff(Second, Third)), database);
        Assert.Equal(Content(_harness.Unpack(Publisher.Cvd(Third)).Folder), Content(database.Folder));
    }

    [Fact]
    public void A_patch_is_believed_by_an_external_signature_too()
    {
        var unsigned = Publisher.Cdiff(First, Second);
        unsigned[^1] = (byte)'-';
        Assert.Equal(TestCertificates.SignerName, OpenPatch(unsigned, Publisher.SignFile(unsigned)).SignerName);
        Assert.Equal(RefusalReason.DatabaseSignature, Reason(() => OpenPatch(unsigned)));
        var signed = Publisher.Cdiff(First, Second);
        Assert.Equal(RefusalReason.DatabaseSignature, Reason(() => OpenPatch(signed, Publisher.SignFile([1]))));
    }

    [Fact]
    public void No_bit_of_a_patch_may_change()
    {
        var genuine = Publisher.Cdiff(First, Second);
        for (var bit = 0; bit < genuine.Length * 8; bit += 3)
        {
            var changed = genuine.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(
                Reason(() => OpenPatch(changed)) is RefusalReason.DatabaseSignature or RefusalReason.PatchMalformed or RefusalReason.PackageLimit,
                $"bit {bit}");
        }
    }

    [Fact]
    public void An_empty_patch_is_the_signal_to_fetch_all()
    {
        Assert.True(VerifiedCdiff.IsWholeFileSignal(0));
        Assert.False(VerifiedCdiff.IsWholeFileSignal(1));
        Assert.Equal(RefusalReason.PatchMalformed, Reason(() => OpenPatch([])));
    }

    public static TheoryData<string, RefusalReason> Files => new()
    {
        { "short", RefusalReason.PatchMalformed },
        { "other magic", RefusalReason.PatchMalformed },
        { "no version", RefusalReason.PatchMalformed },
        { "no length", RefusalReason.PatchMalformed },
        { "no signature", RefusalReason.PatchMalformed },
        { "signed by another", RefusalReason.DatabaseSignature },
        { "signed with the key of the index", RefusalReason.DatabaseSignature },
        { "script too large", RefusalReason.PackageLimit },
    };

    [Theory, MemberData(nameof(Files))]
    public void A_file_that_is_no_signed_patch_is_refused(string fault, RefusalReason reason)
    {
        var good = Publisher.Cdiff(First, Second);
        var pad = new byte[400];
        byte[] file = fault switch
        {
            "short" => good[..349],
            "other magic" => Publisher.SignCdiff([.. Text("ClamAV-Dift:6:10:"), .. pad]),
            "no version" => Publisher.SignCdiff([.. Text("ClamAV-Diff:x:10:"), .. pad]),
            "no length" => Publisher.SignCdiff([.. Text("ClamAV-Diff:6:"), .. pad]),
            "no signature" => [.. Text("ClamAV-Diff:6:10:"), .. pad],
            "signed by another" => Stranger.Cdiff(First, Second),
            "signed with the key of the index" => WithIndexKey(),
            _ => Publisher.SignCdiff([.. Text("ClamAV-Diff:6:999999999:"), .. pad]),
        };
        Assert.Equal(reason, Reason(() => OpenPatch(file)));

        static byte[] WithIndexKey()
        {
            byte[] content = [.. Text("ClamAV-Diff:6:10:"), .. new byte[400]];
            var signed = System.Text.Encoding.ASCII.GetString(Publisher.SignIndex(content)[content.Length..]);
            return [.. content, .. Text(":" + signed["DSIG:".Length..].TrimEnd())];
        }
    }

    public static TheoryData<string, RefusalReason> Scripts => new()
    {
        { "FOO a\n", RefusalReason.PatchMalformed },
        { "\n", RefusalReason.PatchMalformed },
        { "unlink tst.hdb\n", RefusalReason.PatchMalformed },
        { "UNLINK tst.hdb", RefusalReason.PatchMalformed },
        { "UNLINK\n", RefusalReason.PatchMalformed },
        { "CLOSE\n", RefusalReason.PatchMalformed },
        { "ADD x\n", RefusalReason.PatchMalformed },
        { "DEL 1 A\n", RefusalReason.PatchMalformed },
        { "XCHG 1 A x\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nOPEN tst.hdb\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nUNLINK tst.hdb\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nMOVE tst.hdb tst.ndb 1 4 1 4\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nADD Z.1:0:*:5a5a5a5a\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nADD\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nDEL 1\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nDEL x A\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nDEL 0 A\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nDEL -1 A\nCLOSE\n", RefusalReason.PatchMalformed },
        { "OPEN tst.ndb\nXCHG 1 A\nCLOSE\n", RefusalReason.PatchMalformed },
        { "MOVE tst.ndb tst.hdb 3 C 1 A\n", RefusalReason.PatchMalformed },
        { "MOVE tst.ndb tst.hdb 1 A 2\n", RefusalReason.PatchMalformed },
        { "MOVE tst.ndb\n", RefusalReason.PathUnsafe },
        { "OPEN ../tst.ndb\nADD x\nCLOSE\n", RefusalReason.PathUnsafe },
        { "OPEN .tst\nADD x\nCLOSE\n", RefusalReason.PathUnsafe },
        { "OPEN .patch\nADD x\nCLOSE\n", RefusalReason.PathUnsafe },
        { "OPEN t st\nADD x\nCLOSE\n", RefusalReason.PathUnsafe },
        { "OPEN tst-x.ndb\nADD x\nCLOSE\n", RefusalReason.PathUnsafe },
        { "UNLINK ..\n", RefusalReason.PathUnsafe },
        { "MOVE tst.ndb a/b 1 A 1 A\n", RefusalReason.PathUnsafe },
        { "UNLINK nothing.ndb\n", RefusalReason.PatchMismatch },
        { "OPEN nothing.ndb\nDEL 1 A\nCLOSE\n", RefusalReason.PatchMismatch },
        { "OPEN tst.ndb\nDEL 4 A\nCLOSE\n", RefusalReason.PatchMismatch },
        { "OPEN tst.ndb\nDEL 2 A\nCLOSE\n", RefusalReason.PatchMismatch },
        { "OPEN tst.ndb\nXCHG 1 A.3:0:*:41414141zz x\nCLOSE\n", RefusalReason.PatchMismatch },
        { "OPEN tst.ndb\nXCHG 999999999999 A x\nCLOSE\n", RefusalReason.PatchMismatch },
        { "MOVE tst.ndb nothing.ndb 1 A 1 A\n", RefusalReason.PatchMismatch },
        { "MOVE nothing.ndb tst.ndb 1 A 1 A\n", RefusalReason.PatchMismatch },
        { "MOVE tst.ndb tst.hdb 1 A 2 C\n", RefusalReason.PatchMismatch },
        { "MOVE tst.ndb tst.hdb 2 B 9 C\n", RefusalReason.PatchMismatch },
        { "UNLINK tst.info\n", RefusalReason.PatchMismatch },
        { "OPEN tst.ndb\nCLOSE\n", RefusalReason.PatchMismatch }, // Nothing changed: still the old version.
        { "OPEN tst.ndb\nDEL 1 A\nCLOSE\nOPEN tst.info\nDEL 5 DSIG\nCLOSE\n", RefusalReason.DatabaseSignature },
        { "OPEN tst.info\nXCHG 2 tst tst.cfg:0:x\nCLOSE\n", RefusalReason.DatabaseMalformed },
    };

    [Theory, MemberData(nameof(Scripts))]
    public void A_script_that_fails_leaves_the_folder_as_it_was(string script, RefusalReason reason) =>
        AssertLeft(_harness.Unpack(Publisher.Cvd(First)), Publisher.PackCdiff(6, script), reason);

    [Fact]
    public void A_result_that_is_not_the_signed_one_leaves_the_folder_as_it_was()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var good = ClamAvScript.Between(Files(First), Files(Second));
        AssertLeft(database, Publisher.PackCdiff(6, good + "OPEN tst.ndb\nADD more\nCLOSE\n"), RefusalReason.FileDigest);
        AssertLeft(database, Publisher.PackCdiff(6, good + "UNLINK tst.ndb\n"), RefusalReason.FileSet);
        AssertLeft(database, Publisher.PackCdiff(6, good + "OPEN tst.ldb\nADD more\nCLOSE\n"), RefusalReason.FileSet);
        AssertLeft(database, Publisher.Cdiff(First, Third), RefusalReason.PatchMismatch);
        AssertLeft(database, Publisher.PackCdiff(6, ClamAvScript.Between(Files(First), Files(Third))), RefusalReason.PatchMismatch);

        static (string, byte[])[] Files(ClamAvRelease release) => [.. release.Members, ("tst.info", Publisher.Index(release))];
    }

    [Fact]
    public void A_script_of_another_length_than_announced_leaves_the_folder_as_it_was()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        foreach (var announced in new[] { 399, 401 })
        {
            var script = ClamAvPublisher.Gzip(Text('#' + new string('x', 398) + "\n"));
            byte[] padding = [.. new byte[400]];
            AssertLeft(database, Publisher.SignCdiff([.. Text($"ClamAV-Diff:6:{announced}:"), .. script, .. padding]), RefusalReason.PatchMalformed);
        }

        AssertLeft(database, Publisher.SignCdiff([.. Text("ClamAV-Diff:6:10:"), .. new byte[400]]), RefusalReason.PatchMalformed);
    }

    [Fact]
    public void Limits_leave_the_folder_as_it_was()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var limits = CdiffLimits.Default;
        AssertLeft(database, Publisher.Cdiff(First, Second), RefusalReason.PackageLimit, limits with { MaxWrittenBytes = 100 });
        AssertLeft(
            database, Publisher.PackCdiff(6, "#" + new string('x', 100_000) + "\n"), RefusalReason.PackageLimit, limits with { MaxLineBytes = 50_000 });
        var patch = Publisher.Cdiff(First, Second);
        Assert.Equal(RefusalReason.PackageLimit, Reason(() => OpenPatch(patch, limits: limits with { MaxPackedBytes = patch.Length - 1 })));
    }

    [Fact]
    public void An_unsigned_database_is_not_patched() => AssertLeft(
        _harness.Unpack(ClamAvPublisher.Cud(First), ContainerKind.Cud), Publisher.Cdiff(First, Second), RefusalReason.PatchMismatch);

    [Fact]
    public void What_a_crash_left_behind_is_removed()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        Directory.CreateDirectory(Path.Combine(database.Folder, ".patch"));
        File.WriteAllText(Path.Combine(database.Folder, ".patch", "1"), "half");
        var patched = Apply(OpenPatch(Publisher.Cdiff(First, Second)), database);
        Assert.Equal(Content(_harness.Unpack(Publisher.Cvd(Second)).Folder), Content(patched.Folder));
    }

    [Fact]
    public void A_cancelled_patch_leaves_the_folder_as_it_was()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var before = Content(database.Folder);
        Assert.Throws<OperationCanceledException>(() => CdiffApplier.Apply(
            OpenPatch(Publisher.Cdiff(First, Second)), database, Publisher.Trust(), CdiffLimits.Default, new CancellationToken(canceled: true)));
        Assert.Equal(before, Content(database.Folder));
    }

    private static void AssertLeft(UnpackedDatabase database, byte[] cdiff, RefusalReason reason, CdiffLimits? limits = null)
    {
        var before = Content(database.Folder);
        Assert.Equal(reason, Reason(() => Apply(OpenPatch(cdiff, limits: limits), database, limits)));
        Assert.Equal(before, Content(database.Folder));
    }

    private static RefusalReason Reason(Action action) => Assert.Throws<RefusedException>(action).Reason;

    private static RefusalReason Reason(Func<object> action) => Assert.Throws<RefusedException>(() => { action(); }).Reason;
}
