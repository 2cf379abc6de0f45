using CsCheck;
using Engine.Matching;

namespace Engine.Tests.Matching;

public sealed class KeySearchTests
{
    private static readonly Gen<byte> _few = Gen.Byte[0, 8].Select(i => "aAbB\0zZ@`"u8[i]);

    [Fact]
    public void The_first_place_of_a_key_is_found_whatever_lies_around_it() =>
        Gen.Select(_few.Array[2, 12], _few.Array[0, 300]).Sample((key, bytes) =>
            Assert.Equal(bytes.AsSpan().IndexOf(key), new KeySearch(key, isFolded: false).IndexOf(bytes, out _)));

    [Fact]
    public void Letters_of_a_folded_key_stand_for_either_case() =>
        Gen.Select(_few.Array[2, 12], _few.Array[0, 300]).Sample((key, bytes) =>
        {
            var wanted = Array.ConvertAll(key, Lower);
            var expected = Array.ConvertAll(bytes, Lower).AsSpan().IndexOf(wanted);
            Assert.Equal(expected, new KeySearch(wanted, isFolded: true).IndexOf(bytes, out _));
        });

    [Fact]
    public void A_key_at_the_very_end_is_found()
    {
        for (var length = 3; length < 200; length++)
        {
            var bytes = new byte[length];
            "xyz"u8.CopyTo(bytes.AsSpan(length - 3));
            Assert.Equal(length - 3, new KeySearch("xyz"u8, isFolded: false).IndexOf(bytes, out _));
        }
    }

    [Fact]
    public void Content_that_nearly_is_the_key_costs_more_than_other_content()
    {
        var other = new byte[65536];
        var near = new byte[65536];
        for (var i = 0; i < near.Length; i += 2)
        {
            "zq"u8.CopyTo(near.AsSpan(i));
        }

        var search = new KeySearch("zqzqzqzqzqe "u8, isFolded: false);
        Assert.Equal(-1, search.IndexOf(other, out var little));
        Assert.Equal(-1, search.IndexOf(near, out var much));
        Assert.InRange(little, 1, other.Length / 8);
        Assert.InRange(much, 10 * little, 4 * near.Length);
    }

    private static byte Lower(byte value) => char.IsAsciiLetterUpper((char)value) ? (byte)(value | 0x20) : value;
}
