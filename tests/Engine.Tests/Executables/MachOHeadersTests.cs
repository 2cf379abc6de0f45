using System.Buffers.Binary;
using Engine.Executables;
using Engine.FileTypes;
using Engine.Objects;
using Testing.Executables;

namespace Engine.Tests.Executables;

public sealed class MachOHeadersTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Sections_are_read_in_both_widths_and_byte_orders(bool is64Bit, bool isBigEndian)
    {
        var layout = Parse(new MachOBuilder { Is64Bit = is64Bit, IsBigEndian = isBigEndian }
            .Section(0x1000, 0x93, 0x200, alignment: 4).Section(0x2000, 0x9000, 0x300).Build());
        Assert.NotNull(layout);
        Assert.Equal([new(0x200, 0xA0), new(0x300, 0x100)], layout.Sections);
        Assert.Equal(0, layout.EntryPoint);
    }

    [Theory]
    [InlineData(7u, 40, 4)]
    [InlineData(0x01000007u, 128, 8)]
    [InlineData(12u, 60, 4)]
    [InlineData(0x0100000Cu, 256, 8)]
    [InlineData(18u, 0, 4)]
    [InlineData(0x01000012u, 0, 8)]
    public void The_program_counter_of_a_thread_is_the_entry_point(uint processor, int place, int width)
    {
        var state = new byte[300];
        BinaryPrimitives.WriteUInt32BigEndian(state.AsSpan(place + width - 4), 0x1010);
        var layout = Parse(new MachOBuilder { Is64Bit = width == 8, IsBigEndian = true, Processor = processor, Thread = (1, state), Body = new byte[0x800] }
            .Section(0x1000, 0x90, 0x600).Build());
        Assert.Equal(0x610, layout!.EntryPoint);
    }

    [Fact]
    public void The_main_command_names_a_file_offset() =>
        Assert.Equal(0x210, Parse(new MachOBuilder { MainOffset = 0x210 }.Section(0x1000, 0x90, 0x200).Build())!.EntryPoint);

    [Fact]
    public void A_program_counter_outside_the_sections_is_no_entry_point()
    {
        var state = new byte[160];
        state[0] = 0x77;
        var layout = Parse(new MachOBuilder { Is64Bit = false, IsBigEndian = true, Processor = 18, Thread = (1, state) }.Section(0x1000, 0x90, 0x200).Build());
        Assert.Null(layout!.EntryPoint);
        Assert.Single(layout.Sections);
    }

    [Fact]
    public void Segments_without_sections_are_no_damage() =>
        Assert.Empty(Parse(new MachOBuilder().Build())!.Sections);

    [Theory]
    [InlineData(0, 0)] // magic
    [InlineData(16, 0)] // no command
    [InlineData(17, 0x10)] // thousands of commands
    [InlineData(36, 7)] // a command shorter than its own head
    [InlineData(97, 0x10)] // more sections than the file holds
    public void Headers_that_cannot_be_believed_give_nothing(int place, byte value)
    {
        var file = new MachOBuilder().Section(0x1000, 0x90, 0x200).Build();
        Assert.NotNull(Parse(file));
        file[place] = value;
        if (place == 36)
        {
            file[37] = 0;
        }

        Assert.Null(Parse(file));
    }

    private static ExecutableLayout? Parse(byte[] file) => ExecutableParser.Parse(new MemoryContent(file), ObjectType.MachO);
}
