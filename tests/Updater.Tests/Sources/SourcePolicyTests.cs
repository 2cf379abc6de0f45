using System.Net.Http.Headers;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

[Trait("req", "M-316")]
public sealed class SourcePolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(0.000_123, 1)]
    [InlineData(1, 1)]
    [InlineData(90, 90)]
    [InlineData(86_400, 86_400)]
    [InlineData(86_401, 86_400)]
    public void A_wait_is_clamped_to_a_second_and_a_day(double seconds, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), SourcePolicy.Clamp(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("60", 60)]
    [InlineData("Sun, 22 Nov 2026 12:10:00 GMT", 600)]
    [InlineData("Sun, 22 Nov 2020 12:10:00 GMT", 1)]
    [InlineData("Sun, 22 Nov 2099 12:10:00 GMT", 86_400)]
    public void Retry_after_is_seconds_or_a_date(string header, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            SourcePolicy.ReadRetryAfter(RetryConditionHeaderValue.Parse(header), Now));

    [Fact]
    public void A_missing_header_says_nothing() => Assert.Null(SourcePolicy.ReadRetryAfter(null, Now));

    [Fact]
    public void A_failure_tells_its_cool_down()
    {
        static TimeSpan Of(FailureReason reason, TimeSpan? wait) =>
            SourcePolicy.CoolDown(new SourceException(reason, "x", wait));

        Assert.Equal(TimeSpan.FromHours(4), Of(FailureReason.RateLimited, null));
        Assert.Equal(TimeSpan.FromHours(24), Of(FailureReason.RateLimited, SourcePolicy.ForbiddenWait));
        Assert.Equal(TimeSpan.FromMinutes(2), Of(FailureReason.SourceAnswer, TimeSpan.FromMinutes(2)));
        Assert.Equal(TimeSpan.Zero, Of(FailureReason.SourceUnreachable, null));
    }
}
