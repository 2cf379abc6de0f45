using System.Text;
using System.Text.Json;
using CsCheck;
using Definitions.Trust;

namespace Definitions.Tests.Trust;

/// <summary>tuf-client.md §2.2.</summary>
public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""  ""  """, "\"\"")]
    [InlineData("""{ "y": 2, "x" : 3 }""", """{"x":3,"y":2}""")]
    [InlineData("""{"A":[ 99 ]}""", """{"A":[99]}""")]
    [InlineData(""" "a\nb" """, "\"a\nb\"")]
    [InlineData(""" "\u0001\/\u0041" """, "\"\u0001/A\"")]
    [InlineData(""" "q\"b\\" """, """
        "q\"b\\"
        """)]
    [InlineData("[true,false,null,[],{}]", "[true,false,null,[],{}]")]
    [InlineData("[-1,-0,0,12345678901234567890123]", "[-1,0,0,12345678901234567890123]")]
    [InlineData("""{"b":1,"B":2,"a\"":3,"a":4}""", """{"B":2,"a":4,"a\"":3,"b":1}""")]
    public void Writes_the_canonical_form(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Canonical(json)));

    [Fact]
    public void Sorts_members_by_code_point_not_by_utf16_unit()
    {
        // U+10000 is D800 DC00 in UTF-16, which sorts before U+E000 there and after it by code point.
        var canonical = Encoding.UTF8.GetString(Canonical("{\"\\ud800\\udc00\":1,\"\\ue000\":2}"));

        Assert.Equal("{\"\ue000\":2,\"\U00010000\":1}", canonical);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("1E2")]
    [InlineData("[-0.0]")]
    public void Refuses_to_sign_numbers_that_are_no_integers(string json) =>
        Assert.Equal(
            RefusalReason.MetadataMalformed,
            Assert.Throws<RefusedException>(() => Canonical(json)).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("[1,]")]
    [InlineData("[01]")]
    [InlineData("// note\n{}")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"x\":{\"a\":1,\"a\":1}}")]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("NaN")]
    public void Refuses_what_is_not_strict_json(string json) =>
        Assert.Equal(
            RefusalReason.MetadataMalformed,
            Assert.Throws<RefusedException>(() => Parse(Encoding.UTF8.GetBytes(json))).Reason);

    [Fact]
    public void Refuses_bytes_that_are_not_utf8() =>
        Assert.Equal(
            RefusalReason.MetadataMalformed,
            Assert.Throws<RefusedException>(() => Parse([(byte)'"', 0xC0, 0xAF, (byte)'"'])).Reason);

    [Theory]
    [InlineData(65)]
    [InlineData(100_000)]
    public void Refuses_deep_nesting(int depth)
    {
        var arrays = new string('[', depth) + new string(']', depth);
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

        foreach (var json in new[] { arrays, objects })
        {
            var refusal = Assert.Throws<RefusedException>(() => Parse(Encoding.UTF8.GetBytes(json)));
            Assert.Equal(RefusalReason.MetadataTooLarge, refusal.Reason);
        }
    }

    [Fact]
    public void Reads_nesting_up_to_the_limit()
    {
        var json = new string('[', CanonicalJson.MaxDepth) + new string(']', CanonicalJson.MaxDepth);

        Assert.Equal(json, Encoding.UTF8.GetString(Canonical(json)));
    }

    [Fact]
    public void Refuses_one_byte_more_than_allowed()
    {
        byte[] json = [.. "[1]"u8];

        using var fits = CanonicalJson.Parse(json, 3);
        Assert.Equal(
            RefusalReason.MetadataTooLarge, Assert.Throws<RefusedException>(() => CanonicalJson.Parse(json, 2)).Reason);
    }

    [Fact]
    public void Members_in_any_order_have_one_form() =>
        Gen.Dictionary(Gen.String[Gen.Char['\u0020', '\ud7ff'], 0, 4], Gen.Int)[0, 6].Sample(members =>
        {
            var forward = JsonSerializer.SerializeToElement(members);
            var backward = JsonSerializer.SerializeToElement(members.Reverse().ToDictionary());

            Assert.Equal(CanonicalJson.Encode(forward), CanonicalJson.Encode(backward));
            var text = Encoding.UTF8.GetString(CanonicalJson.Encode(forward));
            Assert.Equal(members, JsonSerializer.Deserialize<Dictionary<string, int>>(text)!);
        });

    private static byte[] Canonical(string json)
    {
        using var document = Parse(Encoding.UTF8.GetBytes(json));
        return CanonicalJson.Encode(document.RootElement);
    }

    private static JsonDocument Parse(byte[] json) => CanonicalJson.Parse(json, 10_000_000);
}
