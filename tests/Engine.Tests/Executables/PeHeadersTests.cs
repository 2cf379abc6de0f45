using System.Buffers.Binary;
using Engine.Executables;
using Engine.FileTypes;
using Engine.Objects;
using Testing.Executables;

namespace Engine.Tests.Executables;

/// <summary>PE layouts; every expectation was seen in the reference engine.</summary>
public sealed class PeHeadersTests
{
    private static readonly byte[] _first = Archive(0x200, 1);
    private static readonly byte[] _second = Archive(0x300, 2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entry_point_and_sections_are_file_offsets(bool isPlus)
    {
        var layout = Parse(new PeBuilder { IsPlus = isPlus, EntryPoint = 0x1010 }.Add(_first).Add(_second).Build());
        Assert.NotNull(layout);
        Assert.Equal(0x410, layout.EntryPoint);
        Assert.Equal([new(0x400, 0x200), new(0x600, 0x300)], layout.Sections);
    }

    [Theory]
    [InlineData(0x300u, 0x300L)]
    [InlineData(0u, 0L)]
    [InlineData(0x2008u, 0x608L)]
    [InlineData(0x9000u, null)]
    [InlineData(0x1300u, null)]
    public void An_entry_point_lies_in_the_headers_or_in_the_bytes_of_a_section(uint address, long? offset) =>
        Assert.Equal(offset, Parse(new PeBuilder { EntryPoint = address }.Add(_first).Add(_second).Build())?.EntryPoint);

    [Fact]
    public void The_last_of_two_sections_at_one_address_holds_it()
    {
        var file = new PeBuilder { EntryPoint = 0x1010 }
            .Add(0x1000, 0x200, 0x400, 0x200, _first).Add(0x1000, 0x200, 0x600, 0x200, _first).Build();
        Assert.Equal(0x610, Parse(file)!.EntryPoint);
    }

    [Theory]
    [InlineData(0x200u, 0x610u, 0x1F0u, 0x600L, 0x200L)]
    [InlineData(0x400u, 0x610u, 0x300u, 0x400L, 0x400L)]
    [InlineData(0x1000u, 0x600u, 0x100u, 0x600L, 0x200L)]
    [InlineData(0u, 0x610u, 0x1F0u, 0x610L, 0x1F0L)]
    [InlineData(0x200u, 0x600u, 0x9300u, 0x600L, 0x300L)]
    [InlineData(0x200u, 0x600u, 0u, 0x600L, 0L)]
    [InlineData(0x200u, 0x9000u, 0x200u, 0x9000L, 0L)]
    [InlineData(0x200u, 0x90000000u, 0x200u, 0x90000000L, 0L)]
    public void Raw_ranges_are_rounded_and_cut(uint fileAlignment, uint start, uint size, long roundedStart, long roundedSize)
    {
        var file = new PeBuilder { FileAlignment = fileAlignment }.Add(_first).Add(_second).Build();
        var entry = new PeBuilder().SectionTable + 40;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + 16), size);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + 20), start);
        Assert.Equal(new ExecutableSection(roundedStart, roundedSize), Parse(file)!.Sections[1]);
    }

    [Theory]
    [InlineData(0, 0x4D)] // ZM
    [InlineData(PeBuilder.Signature, 0)]
    [InlineData(PeBuilder.Signature + 6, 0)] // no section
    [InlineData(PeBuilder.Signature + 20, 0xDF)] // the optional header ends inside the data directories
    [InlineData(0x3F, 0x7F)] // headers behind the file
    public void Headers_that_cannot_be_believed_give_nothing(int place, byte value)
    {
        var file = new PeBuilder().Add(_first).Build();
        file[place] = value == 0x4D ? (byte)'Z' : value;
        Assert.Null(Parse(file));
    }

    [Theory]
    [InlineData(8, 0x80000000u)]
    [InlineData(8, 0xFFFFFFFFu)]
    [InlineData(12, 0x80001000u)]
    [InlineData(16, 0xFFFFFFFFu)]
    [InlineData(16, 0xFFFFFE01u)]
    public void A_section_beyond_what_addresses_hold_gives_nothing(int field, uint value)
    {
        var file = new PeBuilder().Add(_first).Add(_second).Build();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(new PeBuilder().SectionTable + 40 + field), value);
        Assert.Null(Parse(file));
    }

    [Fact]
    public void As_many_sections_are_read_as_a_header_can_count()
    {
        var file = new PeBuilder { EntryPoint = 0 }.Add(_first).Build();
        var large = new byte[PeBuilder.HeadersSize + (40 * 65535)];
        file.AsSpan(0, PeBuilder.HeadersSize).CopyTo(large);
        BinaryPrimitives.WriteUInt16LittleEndian(large.AsSpan(PeBuilder.Signature + 6), 65535);
        Assert.Equal(65535, Parse(large)!.Sections.Count);
    }

    [Fact]
    public void Version_strings_start_at_their_names()
    {
        var file = new PeBuilder().Add(_first).VersionString("CompanyName", "AcmeOne").VersionString("Odd", "x").Build();
        var strings = ExecutableParser.Parse(new MemoryContent(file), ObjectType.Pe, withVersionInformation: true)!.VersionInformation;
        Assert.Equal(
            ["CompanyName", "Odd"],
            strings.Select(s => System.Text.Encoding.Unicode.GetString(file.AsSpan((int)s.Start, (int)s.Size)).Split('\0')[0]));
        Assert.Empty(Parse(file)!.VersionInformation);
    }

    private static ExecutableLayout? Parse(byte[] file) => ExecutableParser.Parse(new MemoryContent(file), ObjectType.Pe);

    private static byte[] Archive(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
