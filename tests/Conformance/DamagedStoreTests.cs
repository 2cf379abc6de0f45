using Testing;

namespace Conformance;

/// <summary>What lies on the disk is not believed: damage is an error with a way out, never "clean".</summary>
public sealed class DamagedStoreTests
{
    [Theory]
    [InlineData(8192)]
    [InlineData(20000)]
    [InlineData(60000)]
    public async Task A_damaged_image_is_an_error_for_every_command_and_an_update_repairs_it(int offset)
    {
        await using var scenario = await Scenario.CreateAsync();
        var bad = scenario.Folder.Write("bad.bin", Samples.First);
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        var image = Assert.Single(Directory.GetFiles(Path.Combine(scenario.Settings.Data, "generations", "images"), "*.image"));
        await using (var file = new FileStream(image, FileMode.Open, FileAccess.ReadWrite))
        {
            var damage = new byte[4000];
            Array.Fill(damage, (byte)0xA5);
            file.Position = offset;
            await file.WriteAsync(damage);
        }

        foreach (var scan in new[] { await scenario.RunAsync("scan", bad), await scenario.RunAsync("scan", "--database", image, bad) })
        {
            Assert.True(scan.ExitCode == 2, scan.ToString());
            Assert.Contains("image", scan.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("OK", scan.Output, StringComparison.Ordinal);
        }

        var check = await scenario.RunAsync("check", "--warn", "24h", "--crit", "72h");
        Assert.True(check.ExitCode == 2, check.ToString());

        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        var repaired = await scenario.RunAsync("scan", bad);
        Assert.True(repaired.ExitCode == 1, repaired.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("generations")]
    public async Task What_a_user_may_not_read_is_not_called_a_first_start(string closed)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no file modes here.");
            return;
        }

        Assert.SkipWhen(Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"), "No file mode stops this user, and there is no way to become another.");
        await using var scenario = await Scenario.CreateAsync();
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        var folder = Path.Combine(scenario.Settings.Data, closed);
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(scenario.Folder.Root, readable);
        File.SetUnixFileMode(folder, UnixFileMode.None);
        try
        {
            foreach (var (verb, status) in new[] { ("scan", 2), ("version", 2), ("status", 2), ("check", 3) })
            {
                var outcome = await AsOrdinaryUserAsync(
                    [verb, "--data", scenario.Settings.Data, .. verb == "scan" ? ["/etc/hostname"] : Array.Empty<string>()]);
                Assert.True(outcome.ExitCode == status, $"{verb}: {outcome}");
                Assert.Contains("denied", outcome.Output + outcome.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain("No definitions", outcome.Output + outcome.Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.SetUnixFileMode(folder, readable);
        }
    }

    [Fact]
    [Trait("req", "M-325")]
    public async Task A_damaged_catalog_does_not_make_good_definitions_old()
    {
        await using var scenario = await Scenario.CreateAsync();
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        await File.WriteAllBytesAsync(Path.Combine(scenario.Settings.Data, "catalog.db"), [.. Enumerable.Repeat((byte)0xA5, 40_000)]);

        var check = await scenario.RunAsync("check", "--warn", "24h", "--crit", "72h");
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Contains("Up to date", check.Output, StringComparison.Ordinal);
        Assert.Contains("last_success=", check.Output, StringComparison.Ordinal);
    }

    /// <summary>The superuser may read everything: it becomes nobody first.</summary>
    private static async Task<CommandOutcome> AsOrdinaryUserAsync(string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return await UpdaterProgram.RunAsync(arguments);
        }

        using var process = UpdaterProgram.StartProgram(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", UpdaterProgram.FileName, .. arguments]);
        return await UpdaterProgram.FinishAsync(process);
    }

    [Fact]
    public async Task A_database_without_a_signature_is_no_reason_to_call_anything_clean()
    {
        using var folder = new TempFolder();
        var text = folder.Write("letter.txt", "no signature in here");
        var scan = await UpdaterProgram.RunAsync(["scan", "--data", folder.Path("data"), "--database", text, text]);
        Assert.True(scan.ExitCode == 2, scan.ToString());
        Assert.Contains("No signatures", scan.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("OK", scan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_kernel_makes_up_is_not_called_clean_for_its_length_of_zero()
    {
        Assert.SkipUnless(File.Exists("/proc/version"), "There is no /proc here.");
        using var folder = new TempFolder();
        var rules = folder.Write("version.ndb", Samples.Line("Any.Kernel", "Linux version"));
        var scan = await UpdaterProgram.RunAsync(
            ["scan", "--data", folder.Path("data"), "--no-summary", "--database", rules, "/proc/version"]);
        Assert.True(scan.ExitCode == 2, scan.ToString());
        Assert.EndsWith(" ERROR\n", scan.Output, StringComparison.Ordinal);
    }
}
