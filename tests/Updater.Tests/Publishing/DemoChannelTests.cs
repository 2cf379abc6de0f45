using System.Runtime.InteropServices;
using Testing;
using Updater.Publishing;

namespace Updater.Tests.Publishing;

/// <summary>The channel that a fresh clone starts with.</summary>
public sealed class DemoChannelTests
{
    [Fact(Explicit = true)]
    public void Regenerates_the_demo_channel_when_asked_for_by_name()
    {
        DemoChannel.Regenerate();
        Assert.True(File.Exists(DemoChannel.RootPath));
    }

    [Fact]
    [Trait("req", "M-202")]
    public void The_committed_channel_verifies_from_its_shipped_root()
    {
        var verified = ChannelVerifier.Verify(
            new ChannelFiles(DemoChannel.Folder), File.ReadAllBytes(DemoChannel.RootPath), TimeProvider.System, CancellationToken.None);

        Assert.Equal(
            "core-20261122.001 core-20261122.002 extra-20261122.001 extra-20261122.002",
            string.Join(' ', verified.Packages.Select(package => package.Id)));
        Assert.True(verified.EarliestExpiry > new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void The_committed_packages_are_what_the_committed_sources_give()
    {
        using var temp = new TempFolder();
        DemoChannel.WriteChannel(temp.Path("channel"), temp.Path("keys"));
        var made = Directory.GetFiles(temp.Path("channel", "targets"), "*", SearchOption.AllDirectories);

        Assert.Equal(4, made.Length);
        Assert.All(made, path => Assert.Equal(
            File.ReadAllBytes(path),
            File.ReadAllBytes(Path.Combine(DemoChannel.Folder, Path.GetRelativePath(temp.Path("channel"), path)))));
    }

    [Fact]
    public void The_committed_sources_fit_the_test_programs() => Assert.All(DemoSignatures.Releases, release =>
    {
        Assert.Equal(release.Files.Count, Directory.GetFiles(release.SourceFolder).Length);
        Assert.All(release.Files, file => Assert.Equal(
            file.Value, File.ReadAllText(Path.Combine(release.SourceFolder, file.Key))));
    });

    [Fact]
    public void The_channel_lies_beside_the_program_with_its_root()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "demo-channel");
        var verified = ChannelVerifier.Verify(
            new ChannelFiles(folder), File.ReadAllBytes(Path.Combine(folder, "root.json")), TimeProvider.System, CancellationToken.None);
        Assert.Equal(1, verified.RootVersion);
    }

    [Fact]
    public void No_committed_file_holds_the_test_string()
    {
        var eicar = Eicar.Content;
        var files = Directory.GetFiles(Fixture.Path(), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf(eicar) < 0, path));
    }

    [Fact]
    public void The_elf_program_really_runs_and_ends_with_status_0()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "needs x86-64");
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("needs Linux");
            return;
        }

        using var temp = new TempFolder();
        var path = temp.Write("program", TestProgram.Elf(DemoSignatures.ElfMarker));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var process = System.Diagnostics.Process.Start(path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
