namespace Definitions.Tests;

public sealed class DefinitionsVersionTests
{
    [Theory]
    [InlineData("20150215.114", "20150215.041")]
    [InlineData("20150216.001", "20150215.999")]
    [InlineData("20150215.1000", "20150215.999")]
    [InlineData("20160101.001", "20151231.045")]
    [Trait("req", "M-181")]
    public void Orders_by_date_then_by_revision_as_a_number(string later, string earlier) =>
        Assert.True(DefinitionsVersion.Parse(later) > DefinitionsVersion.Parse(earlier));

    [Theory]
    [InlineData("20150215.001")]
    [InlineData("20150215.1000")]
    [Trait("req", "M-181")]
    public void Prints_what_it_read(string text) => Assert.Equal(text, DefinitionsVersion.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("20150215")]
    [InlineData("20150215.")]
    [InlineData("2015021.0001")]
    [InlineData("20151315.001")]
    [InlineData("20150215.-01")]
    [InlineData("20150215.0x1")]
    [InlineData(" 20150215.001")]
    [InlineData("20150215.001 ")]
    [InlineData("20150215.1234567890")]
    public void Refuses_what_is_no_version(string text) => Assert.False(DefinitionsVersion.TryParse(text, out _));
}
