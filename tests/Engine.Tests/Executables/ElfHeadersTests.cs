using Engine.Executables;
using Engine.FileTypes;
using Engine.Objects;
using Testing.Executables;

namespace Engine.Tests.Executables;

/// <summary>ELF layouts; every expectation was seen in the reference engine.</summary>
public sealed class ElfHeadersTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Both_widths_and_byte_orders_are_read(bool is64Bit, bool isBigEndian)
    {
        var layout = Parse(new ElfBuilder { Is64Bit = is64Bit, IsBigEndian = isBigEndian, EntryPoint = 0x10110 }
            .Segment(0x100, 0x10100, 0x200).Section(0x100, 0x80).Section(0x200, 0x9000).Build());
        Assert.NotNull(layout);
        Assert.Equal(0x110, layout.EntryPoint);
        var tail = 3 * (is64Bit ? 64 : 40);
        Assert.Equal([new(0, 0), new(0x100, 0x80), new(0x200, 0x200 + tail)], layout.Sections);
    }

    [Theory]
    [InlineData(0x10110ul, 0x110L)]
    [InlineData(0x10FFFul, 0xFFFL)]
    [InlineData(0ul, 0L)]
    public void The_first_segment_that_holds_the_address_gives_the_entry_point(ulong address, long offset) =>
        Assert.Equal(
            offset,
            Parse(new ElfBuilder { EntryPoint = address }.Segment(0, 0x10000, 0x1000).Segment(0x300, 0x10000, 0x1000).Section(0, 1).Build())!
                .EntryPoint);

    [Fact]
    public void Without_segments_the_entry_point_counts_as_the_start_of_the_file() =>
        Assert.Equal(0, Parse(new ElfBuilder { EntryPoint = 0x10110 }.Section(0, 1).Build())!.EntryPoint);

    [Theory]
    [InlineData(4, 3)] // class
    [InlineData(5, 0)] // byte order
    [InlineData(0x36, 55)] // size of a segment's entry
    [InlineData(0x38, 129)] // segments
    [InlineData(0x3A, 63)] // size of a section's entry
    [InlineData(0x3C, 0)] // sections
    [InlineData(0x3D, 0xFF)] // more sections than the file holds
    [InlineData(0x1A, 9)] // an entry point outside all segments
    public void Headers_that_cannot_be_believed_give_nothing(int place, byte value)
    {
        var file = new ElfBuilder { EntryPoint = 0x10110 }.Segment(0, 0x10000, 0x400).Section(0x100, 0x80).Build();
        Assert.NotNull(Parse(file));
        file[place] = value;
        Assert.Null(Parse(file));
    }

    private static ExecutableLayout? Parse(byte[] file) => ExecutableParser.Parse(new MemoryContent(file), ObjectType.Elf);
}
