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
        var image = Assert.Single(Directory.GetFiles(Path.Combine(scenario.Settings.Data, "generations", "images")));
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
