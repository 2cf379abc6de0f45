using System.CommandLine;
using System.Text.Json;
using Testing;
using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class PublishCommandTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var root = new RootCommand { PublishCommand.Create() };
        root.Add(new Option<bool>("--json") { Recursive = true });
        root.Add(new Option<bool>("--quiet") { Recursive = true });
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = root.Parse([.. arguments]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (status, output.ToString(), error.ToString());
    }

    private (string Channel, string Keys, string Source) Folders()
    {
        _temp.Write("source/a.ndb", "Demo.A:0:*:4142434445\n");
        return (_temp.Path("channel"), _temp.Path("keys"), _temp.Path("source"));
    }

    [Fact]
    public void A_channel_is_made_built_signed_refreshed_rotated_and_verified()
    {
        var (channel, keys, source) = Folders();
        var sample = _temp.Write("sample.bin", "xx ABCDE yy");
        Assert.Equal(0, Run("publish", "init", channel, "--keys", keys, "--threshold", "2", "--algorithm", "ed25519").Status);
        var first = _temp.Write("first-root.json", File.ReadAllBytes(Path.Combine(keys, "root.json")));
        var build = Run(
            "publish", "build", channel, "--package", "core", "--version", "20261122.001", "--files", source, "--probe", $"{sample}=Demo.A");
        Assert.Equal(("", 0), (build.Error, build.Status));
        Assert.Equal(0, Run("publish", "sign", channel, "--keys", keys, "--expires", "timestamp=3").Status);
        Assert.Equal(0, Run("publish", "refresh", channel, "--keys", keys).Status);
        Assert.Equal(0, Run("publish", "rotate-root", channel, "--keys", keys, "--role", "snapshot").Status);
        var verify = Run("publish", "verify", channel, "--root", first, "--json");

        Assert.Equal(("", 0), (verify.Error, verify.Status));
        using var json = JsonDocument.Parse(verify.Output);
        Assert.Equal(2, json.RootElement.GetProperty("root").GetInt32());
        Assert.Equal("20261122.001", json.RootElement.GetProperty("packages")[0].GetProperty("version").GetString());
    }

    [Fact]
    public void A_channel_that_another_command_works_on_is_named_as_in_use()
    {
        var (channel, keys, source) = Folders();
        Assert.Equal(0, Run("publish", "init", channel, "--keys", keys).Status);
        using (new Updater.Publishing.ChannelFiles(channel).Occupy())
        {
            foreach (var verb in (string[][])[["sign", channel, "--keys", keys], ["refresh", channel, "--keys", keys],
                ["build", channel, "--package", "core", "--version", "20261122.001", "--files", source]])
            {
                var refused = Run(["publish", .. verb]);
                Assert.Equal((1, $"updater: The channel {channel} is in use by another publish command; try again when it is done.\n"), (refused.Status, refused.Error));
            }
        }

        Assert.Equal(0, Run("publish", "refresh", channel, "--keys", keys).Status);
    }

    [Theory]
    [InlineData("init")]
    [InlineData("sign")]
    [InlineData("refresh")]
    [InlineData("rotate-root")]
    public void Help_shows_defaults_in_words_that_the_options_take(string verb)
    {
        var help = Run("publish", verb, "--help").Output;
        Assert.Contains("root=365 targets=30", help, StringComparison.Ordinal);
        Assert.DoesNotContain("MetadataLifetimes", help, StringComparison.Ordinal);
        Assert.DoesNotContain("EcdsaP256", help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_channel_ends_with_status_1_and_the_reason_word()
    {
        using var publisher = new SimulatedPublisher();
        var id = publisher.Publish("core", "20261122.001", ("a.ndb", "Demo.A:0:*:4142434445\n"));
        publisher.TamperPackage(id);

        var people = Run("publish", "verify", publisher.ChannelFolder);
        Assert.Equal((1, ""), (people.Status, people.Output));
        Assert.StartsWith("updater: package_digest: ", people.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Run("publish", "verify", publisher.ChannelFolder, "--json").Output);
        Assert.Equal("package_digest", json.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    [Trait("req", "M-312")]
    public void A_probe_that_its_signature_does_not_match_is_refused_before_anything_is_built()
    {
        var (channel, keys, source) = Folders();
        var sample = _temp.Write("sample.bin", "xx VWXYZ yy");
        Assert.Equal(0, Run("publish", "init", channel, "--keys", keys, "--algorithm", "ed25519").Status);
        var build = Run(
            "publish", "build", channel, "--package", "core", "--version", "20261122.001", "--files", source, "--probe", $"{sample}=Demo.A");

        Assert.Equal((1, ""), (build.Status, build.Output));
        Assert.Contains("'sample.bin' was not detected as Demo.A", build.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(channel, "*core*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Quiet_prints_nothing_when_all_is_well()
    {
        var (channel, keys, _) = Folders();
        Assert.Equal((0, "", ""), Run("publish", "init", channel, "--keys", keys, "--quiet"));
    }

    [Fact]
    public void What_is_no_channel_ends_with_status_1()
    {
        var run = Run("publish", "verify", _temp.Root);
        Assert.Equal(1, run.Status);
        Assert.Contains("is it a channel?", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish init C")]
    [InlineData("publish init C --keys K --threshold 0")]
    [InlineData("publish init C --keys K --algorithm dsa")]
    [InlineData("publish init C --keys K --expires 0")]
    [InlineData("publish init C --keys K --expires mirrors=3")]
    [InlineData("publish build C --package Core --version 20261122.001 --files F")]
    [InlineData("publish build C --package core --version 1.2 --files F")]
    [InlineData("publish build C --package core --version 20261122.001 --files F --minimum-engine 1")]
    [InlineData("publish build C --package core --version 20261122.001 --files F --probe x")]
    [InlineData("publish rotate-root C --keys K --role mirrors")]
    public void A_mistake_on_the_command_line_is_told_before_anything_is_done(string line)
    {
        var root = new RootCommand { PublishCommand.Create() };
        Assert.NotEmpty(root.Parse(line.Split(' ')).Errors);
    }
}
