using System.Buffers.Binary;
using Engine.Images;
using Engine.Matching;
using Fuzz;
using Testing;

namespace Engine.Tests.Images;

/// <summary>Tables of anchors and places that lie, under checksums that are right.</summary>
public sealed class AnchorStructureTests
{
    /// <summary>Bodies of 5, 4 and 3 bytes, and some at one place.</summary>
    private static readonly byte[] _short = Bytes([5, 4, 3], ["P0:0:0:4d5a??0102", "P1:0:0:4d5b??0102", "P2:0:4:1011??0102", "P3:0:EOF-9:2021??0102"]);

    private static readonly byte[] _long = Bytes([30], []);

    private delegate void Change(Span<byte> section);

    [Fact]
    public void The_images_are_good_as_they_are()
    {
        AssertVerified(_short);
        AssertVerified(_long);
    }

    [Theory]
    [InlineData(nameof(FilterPass.Long))]
    [InlineData(nameof(FilterPass.Medium))]
    [InlineData(nameof(FilterPass.Short))]
    public void Refuses_anchors_that_no_filter_lets_pass(string pass)
    {
        var b = (uint)Enum.Parse<FilterPass>(pass);
        AssertRefused(SectionKind.Filter, b, static filter => filter.Clear());
        AssertRefused(SectionKind.Alignments, b, static places => places.Clear());
    }

    [Fact]
    public void Refuses_an_alignment_that_the_pass_has_not() =>
        AssertRefused(SectionKind.Alignments, (uint)FilterPass.Short, static places => places[0] |= 0x80);

    [Theory]
    [InlineData(0, "the fingerprint")]
    [InlineData(8, "the body")]
    [InlineData(13, "the target")]
    public void Refuses_an_entry_with_a_wrong_field(int at, string field)
    {
        Assert.NotEmpty(field);
        AssertRefused(SectionKind.WindowEntries, (uint)GramClass.Eight, entries => entries[at] ^= 0x7F);
    }

    [Fact]
    public void Refuses_a_window_that_is_not_its_entrys() =>
        AssertRefused(SectionKind.Windows, (uint)GramClass.Eight, static windows => windows[0] ^= 1);

    [Fact]
    public void Refuses_a_window_of_one_value()
    {
        AssertRefused(SectionKind.Windows, (uint)GramClass.Eight, static windows => windows[..8].Fill(0x20));
        Assert.True(GramHash.IsFlat(GramClass.Eight, 0x2000_2020_0020_2000));
        Assert.True(GramHash.IsFlat(GramClass.Eight, 0x6141_6141_4161_4161));
        Assert.False(GramHash.IsFlat(GramClass.Eight, 0x0100_0000_0000));
        Assert.False(GramHash.IsFlat(GramClass.Five, 0));
    }

    [Theory]
    [InlineData(0, 5u)]
    [InlineData(4, 0x00FF_FFFFu)]
    [InlineData(-4, 0u)]
    public void Refuses_a_directory_that_leads_elsewhere(int at, uint word) => AssertRefused(
        SectionKind.WindowDirectory,
        (uint)GramClass.Five,
        directory => BinaryPrimitives.WriteUInt32LittleEndian(directory[(at < 0 ? directory.Length + at : at)..], word));

    [Fact]
    public void Refuses_a_bucket_that_hides_its_fingerprints() => AssertRefused(
        SectionKind.WindowDirectory,
        (uint)GramClass.Five,
        static directory =>
        {
            for (var at = 3; at < directory.Length; at += 4)
            {
                directory[at] = 0;
            }
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 0)]
    [InlineData(4, 200)]
    [InlineData(8, 15)]
    [InlineData(9, 5)]
    public void Refuses_a_place_with_a_wrong_field(int at, byte value) =>
        AssertRefused(SectionKind.PlaceGroups, 0, groups => groups[at] = value);

    [Fact]
    public void Refuses_placed_bodies_of_other_places_and_out_of_order()
    {
        AssertRefused(SectionKind.PlacedBodies, 0, static entries => entries[4..8].Fill(0xFF));
        AssertRefused(SectionKind.PlacedBodies, 0, static entries => entries[..4].Fill(0xFF));
        AssertRefused(SectionKind.PlacedBodies, 0, static entries => entries[4..8].Clear());
    }

    [Theory]
    [InlineData(nameof(SectionKind.Filter))]
    [InlineData(nameof(SectionKind.Alignments))]
    [InlineData(nameof(SectionKind.WindowDirectory))]
    public void Refuses_to_open_tables_of_another_size_than_they_say(string name)
    {
        var changed = (byte[])_short.Clone();
        var (place, entry) = Find(changed, Enum.Parse<SectionKind>(name), b: null);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(place + 44), entry.C + 1);
        ImageFuzz.Reseal(changed);
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.Path("x.image"), changed);
        Assert.Throws<ImageException>(() => Image.Open(folder.Path("x.image")));
    }

    private static void AssertRefused(SectionKind kind, uint b, Change change)
    {
        var isLong = kind is SectionKind.Filter or SectionKind.Alignments ? b == (uint)FilterPass.Long : b == (uint)GramClass.Eight;
        var image = isLong ? _long : _short;
        var changed = (byte[])image.Clone();
        var (_, entry) = Find(changed, kind, b);
        change(changed.AsSpan((int)entry.Offset, (int)entry.Length));
        Assert.NotEqual(image, changed);
        ImageFuzz.Reseal(changed);
        using var folder = new TempFolder();
        var path = folder.Path("x.image");
        File.WriteAllBytes(path, changed);
        Assert.Throws<ImageException>(() => Image.Verify(path, CancellationToken.None));

        // Whoever skips the verification must not be hurt either.
        ImageFuzz.Use(path);
    }

    private static void AssertVerified(byte[] image)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.Path("x.image"), image);
        Image.Verify(folder.Path("x.image"), CancellationToken.None);
    }

    private static (int Place, SectionEntry Entry) Find(byte[] image, SectionKind kind, uint? b)
    {
        for (var i = 0; i < BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(136)); i++)
        {
            var place = ImageFormat.HeaderSize + (i * ImageFormat.DirectoryEntrySize);
            if (SectionEntry.Read(image.AsSpan(place)) is var entry && entry.Kind == kind && (b is null || entry.B == b))
            {
                return (place, entry);
            }
        }

        throw new InvalidOperationException($"The image has no section {kind} {b}.");
    }

    private static byte[] Bytes(int[] lengths, string[] more)
    {
        var random = new Random(10);
        var lines = Enumerable.Range(0, 40).Select(i =>
        {
            var bytes = new byte[lengths[i % lengths.Length]];
            random.NextBytes(bytes);
            return $"S{i}:0:*:{Convert.ToHexStringLower(bytes)}";
        });
        using var image = new CompiledImage(("a.ndb", string.Join('\n', lines.Concat(more)) + "\n"));
        return File.ReadAllBytes(image.Path);
    }
}
