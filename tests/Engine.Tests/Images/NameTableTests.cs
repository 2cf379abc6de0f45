using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using Engine.Images;

namespace Engine.Tests.Images;

/// <summary>Whatever the names are, they come back as they were; a table that leads elsewhere is refused.</summary>
public sealed class NameTableTests
{
    private static readonly string[] _pieces =
        ["Win.Trojan.Agent-", "-0", "-1", "0", "00", "007", "5058809", "5058810", "9", "999999999999999999", "1000000000000000000", "18446744073709551616", "é", "\u6f22", " (x)", "-", ""];

    [Theory]
    [InlineData("Win.Trojan.Agent-5058809-0", 17, 7)]
    [InlineData("Win32.Worm-12", 11, 2)]
    [InlineData("a0", 1, 1)]
    [InlineData("a007", 0, 0)]
    [InlineData("a007b1", 5, 1)]
    [InlineData("12", 0, 2)]
    [InlineData("no number", 0, 0)]
    [InlineData("", 0, 0)]
    [InlineData("x999999999999999999", 1, 18)]
    [InlineData("x1000000000000000000", 0, 0)]
    [InlineData("x18446744073709551617-3", 22, 1)]
    public void The_number_is_the_last_of_the_longest(string name, int start, int length)
    {
        var number = NameNumber.Find(Encoding.UTF8.GetBytes(name));
        Assert.Equal((start, length), (number.Start, number.Length));
        if (length > 0)
        {
            var text = name.Substring(start, length);
            Assert.Equal(text, number.Value.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(length, NameNumber.DigitsOf(number.Value));
        }
    }

    [Fact]
    public void Random_names_come_back() =>
        Gen.Int[0, _pieces.Length - 1].Select(i => _pieces[i]).Array[0, 6].Select(string.Concat).Array[0, 120].Sample(names => AssertComeBack(names));

    [Fact]
    public void Random_text_comes_back() => Gen.String[0, 40].Array[0, 60].Sample(
        names => AssertComeBack([.. names.Select(name => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)))]));

    [Fact]
    public void Numbers_from_end_to_end_come_back() => AssertComeBack(
        [.. Enumerable.Range(0, 64).Select(i => i % 3 == 0 ? "a999999999999999999" : i % 3 == 1 ? "a0" : $"a{(1L << (i % 59)).ToString(CultureInfo.InvariantCulture)}")]);

    [Fact]
    public void The_longest_names_come_back()
    {
        var most = new string('x', NameTableBuilder.MaxNameBytes);
        AssertComeBack([most, most, "", most[1..] + "1", most[1..] + "2", most[1..] + "3", "1" + most[1..], "2" + most[1..], "2" + most[1..]]);
        Assert.Throws<OverflowException>(() => new NameTableBuilder().Add(new byte[NameTableBuilder.MaxNameBytes + 1]));
    }

    [Fact]
    public void Very_many_stems_come_back() =>
        AssertComeBack([.. Enumerable.Range(0, 40_000).Select(i => $"Fam{Letters(i / 4)}-{i}-0")]);

    [Fact]
    public void A_name_like_others_takes_few_bytes()
    {
        var sections = Sections.Of(Enumerable.Range(5_000_000, 16_000).Select(i => $"Win.Trojan.Agent{Letters(i % 100)}-{i}-0"));
        Assert.InRange(sections.Names.Length + (4 * sections.Blocks.Length) + sections.Stems.Length + (4 * sections.Starts.Length), 1, 16_000 * 4);
    }

    [Fact]
    public void Names_like_no_other_leave_no_stem()
    {
        var sections = Sections.Of(Enumerable.Range(0, 1000).Select(i => $"{Letters(i)}.7.{Letters(i * 7)}"));
        Assert.Empty(sections.Stems);
    }

    [Fact]
    public void Refuses_a_name_that_is_not_there()
    {
        var sections = Sections.Of(["a1", "a2", "a3"]);
        AssertDamaged(sections, 3);
        AssertDamaged(sections, 16);
        AssertDamaged(sections, uint.MaxValue);
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 1, 65 })] // shares with nothing
    [InlineData(new byte[] { 0, 0, 2, 65 })] // ends inside the name
    [InlineData(new byte[] { 0, 0 })] // ends before its length
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 2, 0 })] // a stem that is not there
    [InlineData(new byte[] { 1 })] // no number
    [InlineData(new byte[] { 1, 1 })] // number -1
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0 })] // longer than 64 bits
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0 })] // the largest stem
    [InlineData(new byte[] { 1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // the largest number
    [InlineData(new byte[] { 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // the longest name
    public void Refuses_a_damaged_name(byte[] names) => AssertDamaged(new Sections(names, [0], [1, 0, 65, 66], [0]), 0);

    [Fact]
    public void Refuses_a_number_that_grows_too_large()
    {
        byte[] most = [1, .. Written(Varint.ZigZag(NameNumber.End - 1))];
        var sections = new Sections([.. most, .. most], [0], [1, 0, 65, 66], [0]);
        Assert.Equal("A999999999999999999B", sections.Table.Read(0));
        AssertDamaged(sections, 1);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0 }, new uint[] { 0 })] // longer than the section
    [InlineData(new byte[] { 1 }, new uint[] { 0 })]
    [InlineData(new byte[] { 0, 0, 65 }, new uint[] { 4 })] // starts outside
    [InlineData(new byte[] { 0, 0, 65, 66 }, new uint[] { 2, 1 })] // ends before its start
    [InlineData(new byte[] { 9, 0, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74 }, new uint[] { 0, 4 })] // leads into the next
    [InlineData(new byte[] { 0, 0 }, new uint[] { uint.MaxValue })]
    public void Refuses_a_damaged_stem(byte[] stems, uint[] starts) => AssertDamaged(new Sections([1, 0], [0], stems, starts), 0);

    [Fact]
    public void Refuses_a_name_that_is_too_long_with_its_number()
    {
        byte[] stem = [0xFF, 0xFF, .. new byte[NameTableBuilder.MaxNameBytes]];
        AssertDamaged(new Sections([1, 0], [0], stem, [0]), 0);
        byte[] literal = [0, 0, .. Written(NameTableBuilder.MaxNameBytes), .. new byte[NameTableBuilder.MaxNameBytes], 0, 255, .. Written(65_281), .. new byte[65_281]];
        AssertDamaged(new Sections(literal, [0], [], []), 1);
    }

    [Fact]
    public void Hostile_bytes_are_refused_or_read() =>
        Gen.Select(Gen.Byte[0, 5].Array[0, 60], Gen.UInt[0, 80].Array[0, 3], Gen.Byte[0, 5].Array[0, 40], Gen.UInt[0, 45].Array[0, 5]).Sample(t =>
        {
            var sections = new Sections(t.Item1, t.Item2, t.Item3, t.Item4);
            for (uint i = 0; i < 48; i++)
            {
                try
                {
                    sections.Table.Read(i);
                }
                catch (ImageException e)
                {
                    Assert.Equal(ImageFault.Damaged, e.Fault);
                }
            }
        });

    private static void AssertComeBack(string[] names)
    {
        var sections = Sections.Of(names);
        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal(names[i], sections.Table.Read((uint)i));
        }
    }

    private static void AssertDamaged(Sections sections, uint name) =>
        Assert.Equal(ImageFault.Damaged, Assert.Throws<ImageException>(() => sections.Table.Read(name)).Fault);

    private static byte[] Written(ulong value)
    {
        var bytes = new byte[Varint.MaxBytes];
        return bytes[..Varint.Write(bytes, value)];
    }

    /// <summary>A number in letters, so that it is no number.</summary>
    private static string Letters(int number) =>
        string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)(digit - '0' + 'a')));

    private sealed record Sections(byte[] Names, uint[] Blocks, byte[] Stems, uint[] Starts)
    {
        public NameTable Table => new(Names, Blocks, Stems, Starts);

        public static Sections Of(IEnumerable<string> names)
        {
            var builder = new NameTableBuilder();
            foreach (var name in names)
            {
                builder.Add(Encoding.UTF8.GetBytes(name));
            }

            return new Sections(Bytes(builder.Names), Words(builder.Blocks), Bytes(builder.Stems), Words(builder.StemStarts));
        }

        private static uint[] Words(SectionSource source) => [.. MemoryMarshal.Cast<byte, uint>(Bytes(source))];

        private static byte[] Bytes(SectionSource source)
        {
            var bytes = new byte[source.Length];
            source.CopyTo(0, bytes);
            return bytes;
        }
    }
}
