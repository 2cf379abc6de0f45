using Definitions;
using Updater.Status;

namespace Updater.Tests.Status;

public sealed class StatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly DefinitionsStatus Good = new()
    {
        Active = new ActiveGeneration(
            new GenerationId(3, Digest.Of([])), DefinitionsVersion.Parse("20261122.001"), Now.AddHours(-1), Now, 7, []),
        LastSuccess = Now,
    };

    [Fact]
    [Trait("req", "M-180")]
    public void Prints_the_four_lines_of_the_original()
    {
        var status = Good with { State = StateRules.Evaluate(Good, Now) };
        Assert.Equal(
            "updater: DEC scanner version number: 1.0.0.0\nAV scanner version number: 1.0.0.0\n"
            + "AV definitions version: 20261122.001\nUp to date\n",
            VersionText.Format("updater", status));
    }

    [Fact]
    [Trait("req", "M-182")]
    public void Reaches_every_state_word()
    {
        Assert.Equal("No definitions", Word(DefinitionsStatus.Empty));
        Assert.Equal("Up to date", Word(Good));
        Assert.Equal("Updating", Word(Good with { RunningUpdate = "x" }));
        Assert.Equal("Update available", Word(Good with { IsNewerKnown = true }));
        Assert.Equal("Out of date", Word(Good with { LastSuccess = Now.AddDays(-3) }));
        Assert.Equal("Update failed: disk_space", Word(Good with { LastFailureReason = "disk_space" }));
        Assert.Equal("Rolled back", Word(Good with { IsRolledBack = true }));

        static string Word(DefinitionsStatus status) =>
            VersionText.StateText(status with { State = StateRules.Evaluate(status, Now) });
    }

    [Theory]
    [InlineData(1, FreshnessLevel.Ok)]
    [InlineData(23.99, FreshnessLevel.Ok)]
    [InlineData(24, FreshnessLevel.Warning)]
    [InlineData(71.99, FreshnessLevel.Warning)]
    [InlineData(72, FreshnessLevel.Critical)]
    [Trait("req", "M-184")]
    public void Checks_the_age_against_both_thresholds(double hours, object level)
    {
        var status = Good with { Active = Good.Active! with { PublishedAt = Now.AddHours(-hours) } };
        var result = FreshnessCheck.Evaluate(status, TimeSpan.FromHours(24), TimeSpan.FromHours(72), Now);
        Assert.Equal(level, result.Level);
        Assert.Matches(@"^DEFINITIONS (OK|WARNING|CRITICAL) - .* \| age=\d+s;86400;259200;0 last_success=0s;86400;259200;0 signatures=7;;;0$", result.Line);
    }

    [Fact]
    [Trait("req", "M-184")]
    public void Is_critical_without_definitions_and_unknown_without_a_status()
    {
        var day = TimeSpan.FromDays(1);
        Assert.Equal(FreshnessLevel.Critical, FreshnessCheck.Evaluate(DefinitionsStatus.Empty, day, day, Now).Level);
        Assert.Equal(FreshnessLevel.Unknown, FreshnessCheck.Evaluate(null, day, day, Now).Level);
        Assert.Equal(FreshnessLevel.Warning, FreshnessCheck.Evaluate(Good with { LastFailureReason = "timeout" }, day, day, Now).Level);
        Assert.Equal(
            FreshnessLevel.Critical, FreshnessCheck.Evaluate(Good with { LastSuccess = Now.AddDays(-2) }, day, day, Now).Level);
    }
}
