using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>Sets of potentially unwanted programs; the cases were measured with clamscan 1.4.6.</summary>
public sealed class UnwantedPolicyTests
{
    [Theory]
    [InlineData("T.Cat.T", "", "", true)]
    [InlineData("T.Cat.T", "Cat", "", false)]
    [InlineData("PUA.Cat.T", "Cat", "", true)]
    [InlineData("PUA.Cat.T", "cat", "", false)]
    [InlineData("PUA.Win.Cat.T", "Cat", "", true)]
    [InlineData("PUA.Win.Cat", "Cat", "", false)]
    [InlineData("PUA.Cat.T", "", "Cat", false)]
    [InlineData("PUA.Cat.T", "", "Dog", true)]
    [InlineData("T.Cat.T", "", "Dog", false)]
    [InlineData("PUA.Dog.T", "Cat,Dog", "", true)]
    public void Loads_by_category(string name, string included, string excluded, bool isLoaded) =>
        Assert.Equal(isLoaded, UnwantedPolicy.Load(Split(included), Split(excluded)).Accepts(name));

    [Fact]
    public void Sets_are_not_read_at_all_until_asked_for()
    {
        Assert.Equal(0, ParsedSignatures.Of("t.ndu", "garbage\n").Summary.Errors);
        var file = new SignatureFile("t.ndu", ParsedSignatures.Package, IsOfficial: false) { Unwanted = UnwantedPolicy.LoadAll };
        Assert.Equal(1, ParsedSignatures.Of(file, "garbage\n"u8.ToArray()).Summary.Errors);
        Assert.Equal("PUA.A.B", Assert.Single(ParsedSignatures.Of(file, "PUA.A.B:0:*:414243\n"u8.ToArray()).Signatures).Name);
    }

    [Fact]
    public void Categories_of_both_kinds_and_odd_ones_are_refused()
    {
        Assert.Throws<ArgumentException>(() => UnwantedPolicy.Load(["A"], ["B"]));
        Assert.Throws<ArgumentException>(() => UnwantedPolicy.Load(["A.B"], []));
        Assert.NotEqual(UnwantedPolicy.Load(["A"], []).Key, UnwantedPolicy.Load([], ["A"]).Key);
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split(',');
}
