using System.Buffers.Binary;
using CsCheck;
using Engine.Images;
using Fuzz;
using Testing;

namespace Engine.Tests.Images;

public sealed class ImageFileTests
{
    private static readonly byte[] _image = Bytes();

    [Fact]
    [Trait("req", "M-212")]
    public void Opening_tells_what_was_compiled()
    {
        using var image = new CompiledImage([.. ImageFuzz.Files]);
        Assert.Equal(7, image.Opened.GenerationNumber);
        Assert.Equal(image.Report!.InputDigest, image.Opened.InputDigest);
        Assert.Equal(16, image.Opened.SignatureCount);
        Assert.Equal([CompiledImage.Package], image.Opened.Packages);
        Assert.Equal(image.Report.ImageBytes, new FileInfo(image.Path).Length);
        Assert.Equal(image.Report.ImageDigest, Definitions.Digest.Of(File.ReadAllBytes(image.Path).AsSpan(0, ImageFormat.HeaderSize)));
        Assert.Equal(image.Report.ImageDigest, image.Opened.Address);
        Image.VerifyContent(image.Path, image.Opened.Address, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_same_input_from_another_folder_and_later_gives_the_same_bytes()
    {
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        using var again = new CompiledImage([.. ImageFuzz.Files.Reverse()]);
        Assert.Equal(_image, File.ReadAllBytes(again.Path));
    }

    [Fact]
    public void No_temporary_file_is_left()
    {
        using var image = new CompiledImage([.. ImageFuzz.Files]);
        Assert.DoesNotContain(
            Directory.GetFiles(Path.GetDirectoryName(image.Path)!), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuses_a_file_that_is_not_there() => AssertRefused(ImageFault.NotFound, null);

    [Fact]
    public void Refuses_an_empty_file() => AssertRefused(ImageFault.NotAnImage, []);

    [Fact]
    public void Refuses_another_kind_of_file() => AssertRefused(ImageFault.NotAnImage, new byte[8192]);

    [Fact]
    public void Refuses_a_newer_format() => AssertRefused(ImageFault.FormatTooNew, Changed(12, ImageFormat.Major + 1));

    [Fact]
    public void Refuses_an_older_format() => AssertRefused(ImageFault.FormatTooOld, Changed(12, ImageFormat.Major - 1));

    [Fact]
    public void Refuses_another_byte_order() => AssertRefused(ImageFault.NotAnImage, Changed(8, 1));

    [Theory]
    [InlineData(100)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(-1)]
    public void Refuses_a_truncated_file(int length) =>
        AssertRefused(ImageFault.Truncated, _image[..(length < 0 ? _image.Length + length : length)]);

    [Fact]
    public void Refuses_a_file_with_more_at_the_end() => AssertRefused(ImageFault.Damaged, [.. _image, 0]);

    [Fact]
    public void Refuses_a_required_section_of_unknown_kind()
    {
        var changed = (byte[])_image.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(ImageFormat.HeaderSize), 999);
        ImageFuzz.Reseal(changed);
        AssertRefused(ImageFault.FormatTooNew, changed);
    }

    [Fact]
    public void Verify_refuses_every_flipped_bit()
    {
        using var folder = new TempFolder();
        var path = folder.Path("x.image");
        var random = new Random(1);
        var address = Definitions.Digest.Of(_image.AsSpan(0, ImageFormat.HeaderSize));

        // Every byte of header and directory in steps, then random places everywhere.
        var places = Enumerable.Range(0, 150).Select(i => i * 37)
            .Concat(Enumerable.Range(0, 150).Select(_ => random.Next(_image.Length)));
        foreach (var place in places)
        {
            var changed = (byte[])_image.Clone();
            changed[place] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, changed);
            Assert.Throws<ImageException>(() => Image.Verify(path, CancellationToken.None));
            Assert.Throws<ImageException>(() => Image.VerifyContent(path, address, CancellationToken.None));
        }
    }

    /// <summary>All its own checksums are right; what was recorded of the image is not.</summary>
    [Fact]
    public void Another_image_does_not_pass_for_the_one_that_was_recorded()
    {
        var address = Definitions.Digest.Of(_image.AsSpan(0, ImageFormat.HeaderSize));
        using var folder = new TempFolder();
        var random = new Random(2);
        var resealed = 0;
        for (var i = 0; i < 100; i++)
        {
            var changed = (byte[])_image.Clone();
            changed[PlaceInContent(random.NextDouble())] ^= 1;
            ImageFuzz.Reseal(changed);
            if (changed.AsSpan().SequenceEqual(_image))
            {
                // A digest was changed, which is right again.
                continue;
            }

            var path = folder.Write("x.image", changed);
            Assert.Equal(ImageFault.Damaged, Assert.Throws<ImageException>(() => Image.VerifyContent(path, address, CancellationToken.None)).Fault);
            resealed += Passes(() => Image.VerifyContent(path, Definitions.Digest.Of(changed.AsSpan(0, ImageFormat.HeaderSize)), CancellationToken.None)) ? 1 : 0;
        }

        Assert.InRange(resealed, 10, 100);
    }

    [Fact]
    public void A_damaged_image_is_refused_or_scans_without_a_crash()
    {
        using var folder = new TempFolder();
        var path = folder.Path("x.image");
        var uses = new Dictionary<ImageUse, int>();
        Gen.Select(Gen.Bool, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 6]).Sample(
            (isResealed, changes) =>
            {
                var changed = (byte[])_image.Clone();
                foreach (var (place, value) in changes)
                {
                    changed[PlaceInContent(place)] = value;
                }

                if (isResealed)
                {
                    ImageFuzz.Reseal(changed);
                }

                File.WriteAllBytes(path, changed);
                var use = ImageFuzz.Use(path);
                uses[use] = uses.GetValueOrDefault(use) + 1;
            },
            iter: 1500,
            threads: 1);
        Assert.Equal(3, uses.Count);
    }

    [Fact]
    public void The_fuzz_entry_point_takes_any_input() =>
        Gen.Byte.Array[0, 40].Sample(input => ImageFuzz.Run(input), iter: 50, threads: 1);

    /// <summary>A body whose record ends inside its own header: found by the test above, which then threw.</summary>
    [Fact]
    public void A_body_record_shorter_than_its_header_is_damage()
    {
        var changed = (byte[])_image.Clone();
        var bodies = Enumerable.Range(0, BinaryPrimitives.ReadInt32LittleEndian(changed.AsSpan(136)))
            .Select(i => SectionEntry.Read(changed.AsSpan(ImageFormat.HeaderSize + (i * ImageFormat.DirectoryEntrySize))))
            .Single(e => e.Kind == SectionKind.Bodies);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan((int)bodies.Offset + 40), 8);
        using var folder = new TempFolder();
        Assert.Equal(ImageUse.RefusedInUse, ImageFuzz.Use(folder.Write("x.image", changed)));
    }

    /// <summary>A place inside a section or the directory: the holes between are most of a small image.</summary>
    private static int PlaceInContent(double where)
    {
        var entries = BinaryPrimitives.ReadInt32LittleEndian(_image.AsSpan(136));
        var pick = (int)(where * (entries + 1) * 0.999);
        var rest = (where * (entries + 1) * 0.999) - pick;
        if (pick == entries)
        {
            return ImageFormat.HeaderSize + (int)(rest * entries * ImageFormat.DirectoryEntrySize);
        }

        var entry = SectionEntry.Read(_image.AsSpan(ImageFormat.HeaderSize + (pick * ImageFormat.DirectoryEntrySize)));
        return (int)(entry.Offset + (long)(rest * entry.Length));
    }

    private static byte[] Bytes()
    {
        using var image = new CompiledImage([.. ImageFuzz.Files]);
        return File.ReadAllBytes(image.Path);
    }

    private static byte[] Changed(int place, int value)
    {
        var changed = (byte[])_image.Clone();
        changed[place] = (byte)value;
        return changed;
    }

    private static bool Passes(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (ImageException)
        {
            return false;
        }
    }

    private static void AssertRefused(ImageFault fault, byte[]? content)
    {
        using var folder = new TempFolder();
        var path = content is null ? folder.Path("none.image") : folder.Write("x.image", content);
        Assert.Equal(fault, Assert.Throws<ImageException>(() => Image.Open(path)).Fault);
    }
}
