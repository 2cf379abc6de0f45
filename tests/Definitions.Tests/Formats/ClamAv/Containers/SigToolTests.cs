using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;
using Testing;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>What the reference engine's tools build and read, where they are installed.</summary>
public sealed class SigToolTests : IDisposable
{
    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_container_of_the_reference_engine_is_unpacked()
    {
        var folder = Write(First, "COPYING");
        var (_, output) = Tool.Run(folder, "--datadir=.", "--unsigned", "--build=tst.cud", "--cvd-version=5", "--no-cdiff");
        Assert.True(File.Exists(Path.Combine(folder, "tst.cud")), output);
        var database = _harness.Unpack(File.ReadAllBytes(Path.Combine(folder, "tst.cud")), ContainerKind.Cud, databaseName: "tst");
        Assert.Equal((5L, 5L), (database.Header.Version, database.Header.SignatureCount));
        Assert.Equal(
            First.Members.Select(member => (member.Name, Digest.Of(member.Content))).Order(),
            database.Members.Select(member => (member.Name, member.Sha256)).Order());
    }

    [Fact]
    public void The_reference_engine_unpacks_our_containers()
    {
        var folder = _harness.NewFolder();
        File.WriteAllBytes(Path.Combine(folder, "tst.cud"), ClamAvPublisher.Cud(First));
        var (exit, output) = Tool.Run(folder, "--unpack=tst.cud");
        Assert.True(exit == 0, output);
        File.Delete(Path.Combine(folder, "tst.cud"));
        Assert.Equal(Content(_harness.Unpack(ClamAvPublisher.Cud(First), ContainerKind.Cud).Folder), Content(folder));
    }

    [Fact]
    public void A_patch_that_the_reference_engine_made_leads_to_the_same_files()
    {
        var work = _harness.NewFolder();
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(work, "old")).FullName, "tst.cud"), ClamAvPublisher.Cud(First));
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(work, "new")).FullName, "tst.cud"), ClamAvPublisher.Cud(Second));
        var (_, output) = Tool.Run(work, "--diff=old/tst.cud", "new/tst.cud");
        var script = Path.Combine(work, "new", "tst-6.script");
        Assert.True(File.Exists(script), output);

        var folder = _harness.Unpack(ClamAvPublisher.Cud(First), ContainerKind.Cud).Folder;
        var files = Directory.EnumerateFiles(folder).Select(path => new DatabaseMember(Path.GetFileName(path), 0, default)).ToList();
        using (var stage = new PatchStage(folder, files, new WriteBudget(long.MaxValue, CancellationToken.None)))
        {
            using var content = File.OpenRead(script);
            CdiffScript.Run(content, stage, CdiffLimits.Default, CancellationToken.None);
            stage.Commit();
        }

        Assert.Equal(Content(_harness.Unpack(ClamAvPublisher.Cud(Second), ContainerKind.Cud).Folder), Content(folder));
    }

    [Fact]
    public void The_reference_engine_applies_our_tests_patches_and_verifies_the_result()
    {
        var folder = _harness.Unpack(ClamAvPublisher.Cud(First), ContainerKind.Cud).Folder;
        var script = ClamAvScript.Between(
            [.. First.Members, ("tst.info", ClamAvPublisher.UnsignedIndex(First))], [.. Second.Members, ("tst.info", ClamAvPublisher.UnsignedIndex(Second))]);
        File.WriteAllText(Path.Combine(folder, "tst-6.script"), script);
        var (exit, output) = Tool.Run(folder, "--run-cdiff=tst-6.script");
        Assert.True(exit == 0, output);
        File.Delete(Path.Combine(folder, "tst-6.script"));
        Assert.Equal(Content(_harness.Unpack(ClamAvPublisher.Cud(Second), ContainerKind.Cud).Folder), Content(folder));
    }

    [Fact]
    public void The_reference_engine_loads_an_unsigned_container_of_ours()
    {
        var scanner = ClamScan.Find();
        Assert.SkipWhen(scanner is null, ClamScan.MissingReason);
        var release = new ClamAvRelease("tst", 5, ("tst.ndb", Text("Found.It:0:*:4142434445464748\n")));
        File.WriteAllBytes(_harness.Temp.Path("tst.cud"), ClamAvPublisher.Cud(release));
        var sample = _harness.Temp.Write("sample", "xxABCDEFGHxx");
        Assert.Contains("Found.It.UNOFFICIAL", scanner.Scan(_harness.Temp.Path("tst.cud"), sample).Output, StringComparison.Ordinal);
    }

    private static SigToolDatabases Tool
    {
        get
        {
            Assert.SkipWhen(SigToolDatabases.Find() is null, SigToolDatabases.MissingReason);
            return SigToolDatabases.Find()!;
        }
    }

    private string Write(ClamAvRelease release, string licence)
    {
        var folder = _harness.NewFolder();
        File.WriteAllText(Path.Combine(folder, licence), ClamAvPublisher.Licence);
        foreach (var (name, content) in release.Members)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }

        return folder;
    }
}
