using Definitions;
using Engine;
using Updater.Configuration;
using Updater.Listeners.Clamd;
using Updater.Status;

namespace Updater.Tests.Listeners.Clamd;

public sealed class ClamdRepliesTests
{
    [Fact]
    public void Unscannable_is_a_find_or_clean_by_the_profile_and_an_error_is_always_an_error()
    {
        var unscannable = Result(ScanStatus.Unscannable, ScanCode.DecMaximumDepthReached);
        var error = Result(ScanStatus.Error, ScanCode.AvsDefinitionsMissing);

        Assert.Equal(["x: Heuristics.Unscannable.DEC_RESULT_MAXIMUM_DEPTH_REACHED FOUND"], ClamdReplies.ForResult("x", unscannable, UnscannableAction.Reject, false));
        Assert.Equal(["x: OK"], ClamdReplies.ForResult("x", unscannable, UnscannableAction.Pass, false));
        Assert.Equal(["x: AVS_RESULT_DEFINITIONS_MISSING ERROR"], ClamdReplies.ForResult("x", error, UnscannableAction.Reject, false));
        Assert.Equal(["x: AVS_RESULT_DEFINITIONS_MISSING ERROR"], ClamdReplies.ForResult("x", error, UnscannableAction.Pass, false));
    }

    [Theory, MemberData(nameof(Statuses))]
    public void Only_a_clean_result_is_ok_under_reject(int status)
    {
        var line = Assert.Single(ClamdReplies.ForResult("x", Result((ScanStatus)status, null), UnscannableAction.Reject, false));

        Assert.Equal((ScanStatus)status == ScanStatus.Clean, line == "x: OK");
    }

    public static TheoryData<int> Statuses => [.. Enum.GetValues<ScanStatus>().Select(s => (int)s)];

    [Theory, Trait("req", "M-183")]
    [InlineData(2026, 11, 2, 3, 4, 5, "P/7/Mon Nov  2 03:04:05 2026")]
    [InlineData(2023, 11, 14, 22, 13, 20, "P/7/Tue Nov 14 22:13:20 2023")]
    public void Version_pads_the_day_with_a_blank(int year, int month, int day, int hour, int minute, int second, string expected)
    {
        var published = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        var status = new DefinitionsStatus
        {
            Active = new ActiveGeneration(new GenerationId(7, default), DefinitionsVersion.Parse("20260101.001"), published, default, 0, []),
        };

        Assert.Equal(expected, ClamdReplies.Version("P", status, TimeZoneInfo.Utc));
        Assert.Equal("P", ClamdReplies.Version("P", DefinitionsStatus.Empty, TimeZoneInfo.Utc));
    }

    private static ScanResult Result(ScanStatus status, ScanCode? code) => new()
    {
        Status = status,
        Code = code,
        Threat = status == ScanStatus.Infected ? "T" : null,
        Codes = [],
        Matches = [],
        Bytes = 0,
        Nodes = 1,
        Elapsed = TimeSpan.Zero,
    };
}
