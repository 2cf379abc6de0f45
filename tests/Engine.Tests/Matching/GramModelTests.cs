using System.Text;
using CsCheck;
using Engine.Matching;

namespace Engine.Tests.Matching;

public sealed class GramModelTests
{
    [Fact]
    public void The_table_of_the_engine_knows_common_from_rare()
    {
        var model = GramModel.Shipped;
        Assert.True(model.CountedBytes > 1_000_000_000);
        byte[][] byRarity = [[0, 0, 0, 0], "the "u8.ToArray(), [0x48, 0x8B, 0x45, 0x08], [0x93, 0xD7, 0xB1, 0x6E]];
        var bits = byRarity.Select(bytes => model.Bits(bytes)).ToArray();
        Assert.Equal(bits.Order(), bits);
        Assert.InRange(bits[0], 0.5f, 6);
        Assert.InRange(bits[^1], 26, 40);
    }

    [Fact]
    public void Upper_and_lower_case_are_the_same() =>
        Assert.Equal(GramModel.Shipped.Bits("CreateProcess"u8), GramModel.Shipped.Bits("cREATEpROCESS"u8));

    [Fact]
    public void Pieces_and_windows_of_a_run_have_the_bits_that_each_has_alone() =>
        Gen.Byte.Array[2, 60].Sample(run =>
        {
            var rarity = new RunRarity();
            rarity.Load(new byte[300]);
            rarity.Load(run);
            for (var count = 2; count <= Math.Min(run.Length, 20); count++)
            {
                var alone = Enumerable.Range(0, run.Length - count + 1).Select(i => GramModel.Shipped.Bits(run.AsSpan(i, count))).ToArray();
                Assert.Equal(alone, rarity.Pieces(run, count).ToArray());
                for (var window = count; window <= run.Length; window += 3)
                {
                    var lowest = Enumerable.Range(0, run.Length - window + 1).Select(i => alone[i..(i + window - count + 1)].Min());
                    Assert.Equal(lowest, rarity.Windows(run, window, count).ToArray());
                }
            }
        });

    [Fact]
    public void A_built_table_holds_the_frequencies_that_were_counted()
    {
        // 1 of 4 grams is "abc"; folded, so is ABC.
        var model = Build(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abcxABCx", 1 << 17))));
        Assert.Equal(1 << 20, model.CountedBytes);
        Assert.InRange(model.Bits("abc"u8), 2, 3.5f);
        Assert.InRange(model.Bits("ab"u8), 2, 3.5f);

        // After "abc" nothing but "x" comes.
        Assert.Equal(model.Bits("abc"u8), model.Bits("abcxab"u8));
        Assert.True(model.Bits("abd"u8) > 20);
    }

    [Fact]
    public void The_order_of_the_files_does_not_matter()
    {
        byte[][] files = ["first file"u8.ToArray(), "another one"u8.ToArray(), [1, 2], []];
        Assert.Equal(Build(files).Digest, Build([.. files.Reverse()]).Digest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPDGRAMS")]
    [InlineData("UPDGRAMS\u0001\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("XPDGRAMS\u0001\0\0\0\0\0\0\0\0\0\0\0......")]
    public void Refuses_what_is_no_table(string text) =>
        Assert.Throws<InvalidDataException>(() => GramModel.Read(new MemoryStream(Encoding.Latin1.GetBytes(text))));

    private static GramModel Build(params byte[][] files)
    {
        var builder = new GramModelBuilder();
        foreach (var file in files)
        {
            builder.Add(new MemoryStream(file), long.MaxValue, TestContext.Current.CancellationToken);
        }

        using var table = new MemoryStream();
        builder.Write(table);
        table.Position = 0;
        return GramModel.Read(table);
    }
}
