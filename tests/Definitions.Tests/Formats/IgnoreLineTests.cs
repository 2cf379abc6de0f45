using System.Security.Cryptography;
using System.Text;
using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>Ignore lists (clamav-formats.md §3.5) and what they do to signatures.</summary>
public sealed class IgnoreLineTests
{
    private const string Line = "Test.Body-1:0:*:414243";

    [Theory]
    [InlineData("t.ign2", "Test.Body-1")]
    [InlineData("t.ign2", "Test.Body-1\r\n")]
    [InlineData("t.ign2", "# all\nTest.Body-1\n")]
    [InlineData("t.ign", "daily.ndb:12:Test.Body-1")]
    [InlineData("t.ign2", "daily.ndb:12:Test.Body-1")]
    [InlineData("t.ign", "Test.Body-1")]
    public void The_name_alone_leaves_the_signature_out(string file, string text) =>
        Assert.True(ListOf(file, text).Covers(Signature(Line)));

    [Theory]
    [InlineData("Test.Body-1.UNOFFICIAL")]
    [InlineData("test.body-1")]
    [InlineData(" Test.Body-1")]
    [InlineData("Test.Body")]
    public void Another_name_has_no_effect(string text) => Assert.False(ListOf("t.ign2", text).Covers(Signature(Line)));

    [Fact]
    public void A_digest_applies_while_the_line_is_unchanged()
    {
        var list = ListOf("t.ign2", $"Test.Body-1:{Md5(Line)}");
        Assert.True(list.NeedsSourceMd5);
        Assert.True(list.Covers(Signature(Line)));
        Assert.False(list.Covers(Signature(Line + "44")));
    }

    [Fact]
    public void Several_digests_of_one_name_all_apply()
    {
        var list = ListOf("t.ign2", $"Test.Body-1:{Md5("old")}\nTest.Body-1:{Md5(Line).ToUpperInvariant()}");
        Assert.True(list.Covers(Signature(Line)));
    }

    [Theory]
    [InlineData("Test.Body-1:{0}\nTest.Body-1")]
    [InlineData("Test.Body-1\nTest.Body-1:{0}")]
    public void A_name_without_digest_wins_over_one_with(string text) =>
        Assert.True(ListOf("t.ign2", text.Replace("{0}", Md5("old"), StringComparison.Ordinal)).Covers(Signature(Line)));

    [Theory]
    [InlineData("Test.{x}", "Test", true)]
    [InlineData("Test.{a}.{b}", "Test", true)]
    [InlineData("Test.{x}", "Test.{x}", false)]
    [InlineData("Test.{x}.y", "Test", false)]
    [InlineData("Test{x}", "Test", false)]
    public void A_part_in_braces_at_the_end_of_the_name_is_cut(string name, string entry, bool isCovered) =>
        Assert.Equal(isCovered, ListOf("t.ign2", entry).Covers(Signature(name + ":0:*:414243")));

    [Theory]
    [InlineData("a:b:c:d")]
    [InlineData("Test.Body-1:")]
    [InlineData("Test.Body-1:abc")]
    [InlineData("Test.Body-1:zz0c408fc7d28447d52601c2ad71e404")]
    [InlineData("a:1:")]
    [InlineData(":cf0c408fc7d28447d52601c2ad71e404")]
    [InlineData("\n")]
    public void Refuses_what_is_no_entry(string text) => Assert.Equal(1, ParsedSignatures.Of("t.ign2", text).Summary.Errors);

    [Fact]
    public void An_empty_ignore_list_loads() =>
        Assert.Equal(new SignatureParseSummary(0, 0, 0), ParsedSignatures.Of("t.ign2", "").Summary);

    [Fact]
    public void Ignore_lists_are_told_apart_because_they_are_read_first()
    {
        Assert.True(SignatureParser.IsIgnoreList("a.ign2"));
        Assert.True(SignatureParser.IsIgnoreList("a.IGN"));
        Assert.False(SignatureParser.IsIgnoreList("a.fp"));
    }

    private static IgnoreList ListOf(string file, string text)
    {
        var list = new IgnoreList();
        foreach (var entry in ParsedSignatures.Of(file, text).Signatures)
        {
            list.Add((IgnoreSignature)entry);
        }

        return list;
    }

    private static Signature Signature(string line) =>
        Assert.Single(ParsedSignatures.Of("t.ndb", line + "\r\n", computeLineMd5: true).Signatures);

#pragma warning disable CA5351 // The ignore list format is defined on MD5.
    private static string Md5(string line) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(line)));
#pragma warning restore CA5351
}
