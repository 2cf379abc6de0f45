using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;
using Testing;
using Updater.Sources;

namespace Updater.Tests.Sources;

public sealed class PackageTargetsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("package", "\"../x\"")]
    [InlineData("package", "\"local\"")]
    [InlineData("package", "\"\"")]
    [InlineData("package", "7")]
    [InlineData("version", "\"20261322.001\"")]
    [InlineData("version", "20261122")]
    [InlineData("sequence", "0")]
    [InlineData("sequence", "-1")]
    [InlineData("sequence", "\"1\"")]
    [InlineData("sequence", "9007199254740993")]
    [InlineData("kind", "\"engine\"")]
    [InlineData("unpackedBytes", "-1")]
    [InlineData("unpackedBytes", "null")]
    [InlineData("minimumEngine", "\"1.0\"")]
    [InlineData("minimumEngine", "\"1.0.0.x\"")]
    [InlineData("minimumEngine", "\"99999999999.0.0.0\"")]
    public void A_target_with_a_wrong_fact_is_refused_and_the_others_are_offered(string member, string json)
    {
        var view = View(custom => custom[member] = JsonNode.Parse(json));

        Assert.Equal("good-20261122.001", Assert.Single(view.AllPackages).Id.ToString());
        var refused = Assert.Single(view.RefusedTargets);
        Assert.Equal(RefusalReason.MetadataMalformed, refused.Reason);
        Assert.Contains($"'{member}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("package")]
    [InlineData("version")]
    [InlineData("sequence")]
    [InlineData("kind")]
    [InlineData("unpackedBytes")]
    [InlineData("minimumEngine")]
    public void Every_fact_is_demanded(string member) =>
        Assert.Single(View(custom => custom.Remove(member)).RefusedTargets);

    [Fact]
    public void Further_members_are_allowed() =>
        Assert.Empty(View(custom => custom["ring"] = new JsonObject { ["permille"] = 10 }).RefusedTargets);

    [Fact]
    public void The_sequence_decides_what_is_newest_not_the_version()
    {
        var repository = new TrustRepository(Now);
        repository.AddPackage("base", "20261231.999", 4, [1]);
        repository.AddPackage("base", "20260101.001", 5, [2]);
        repository.Publish();

        Assert.Equal(5, Assert.Single(ViewOf(repository).Packages).Sequence);
    }

    private static ChannelView View(Action<JsonObject> edit)
    {
        var repository = new TrustRepository(Now);
        repository.AddPackage("good", "20261122.001", 1, [1]);
        repository.AddPackage("other", "20261122.001", 1, [2]);
        edit((JsonObject)repository.Targets["targets"]!["other-20261122.001.tar.zst"]!["custom"]!);
        repository.Publish();
        return ViewOf(repository);
    }

    private static ChannelView ViewOf(TrustRepository repository)
    {
        var trusted = new TrustedMetadata(repository.File("root"), Now);
        trusted.EndRootChain();
        return PackageTargets.ToView(trusted.ReadStoredTargets(repository.File("targets")), 1, Now);
    }
}
