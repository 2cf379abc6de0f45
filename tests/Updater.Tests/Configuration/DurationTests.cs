using Updater.Configuration;

namespace Updater.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("10m", 600_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("04:00:00", 14_400_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    public void Reads_clock_and_unit_forms(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("-1h")]
    [InlineData("-01:00:00")]
    [InlineData("1w")]
    [InlineData("h")]
    [InlineData("1 h")]
    [InlineData("1.5h")]
    [InlineData("25:00:00")]
    [InlineData("9999999999d")]
    [InlineData("99999999999s")]
    public void Refuses_what_could_be_misread(string text) => Assert.False(Duration.TryParse(text, out _));
}

public sealed class ListenAddressTests
{
    [Theory, Trait("req", "M-270")]
    [InlineData("127.0.0.1:3310", "127.0.0.1:3310")]
    [InlineData("[::1]:3310", "[::1]:3310")]
    [InlineData("[2001:db8::1]:0", "[2001:db8::1]:0")]
    [InlineData("[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1")]
    [InlineData("0.0.0.0:65535", "0.0.0.0:65535")]
    public void Reads_both_families(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
    }

    [Theory]
    [InlineData("localhost:1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("::1:80")]
    [InlineData(":80")]
    public void Refuses_names_and_short_forms(string text) => Assert.False(ListenAddress.TryParse(text, out _));
}
