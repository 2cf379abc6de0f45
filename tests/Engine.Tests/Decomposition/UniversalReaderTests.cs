using Testing.Executables;

namespace Engine.Tests.Decomposition;

public sealed class UniversalReaderTests
{
    private static readonly byte[] _intel = new MachOBuilder().Section(0x1000, 0x90, 0x200).Build();
    private static readonly byte[] _power =
        new MachOBuilder { Is64Bit = false, IsBigEndian = true, Processor = 18 }.Section(0x1000, 0x90, 0x200).Build();

    [Fact]
    public void Opens_a_part_for_each_processor()
    {
        var seen = Decomposed.Of(MachOBuilder.Universal((0x0100_0007, _intel), (18, _power)), "u");
        Assert.Equal("u,u!cpu-1000007,u!cpu-12", seen.Paths);
        Assert.Equal(_intel, seen.Nodes[1].Bytes);
        Assert.Equal(_power, seen.Nodes[2].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory]
    [InlineData(7, 9)] // more parts than entries that make sense
    [InlineData(19, 8)] // a part that is larger than the file
    [InlineData(18, 0)] // a part that begins inside the header
    [InlineData(38, 0x10)] // a part that overlaps the one before
    public void Says_that_a_table_is_damaged(int place, byte value)
    {
        var file = MachOBuilder.Universal((0x0100_0007, _intel), (18, _power));
        if (place == 18)
        {
            (file[18], file[19]) = (0, 4);
        }
        else if (place == 19)
        {
            file[20] = 0x7F;
        }
        else
        {
            file[place] = value;
        }

        var seen = Decomposed.Of(file, "u");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "u"));
    }
}
