using System.Globalization;
using Engine.FileTypes;
using Engine.Objects;
using Engine.Pictures;
using Testing;

namespace Engine.Tests.Pictures;

public sealed class ImageFuzzyHashTests
{
    private static readonly Testing.Pictures.Paint _steps = (x, y) => ((byte)((x / 8 * 40) + (y / 8 * 24)), 0, 0);

    // What is alike in all rows has frequencies of 0, whose bits are noise (docs/differences.md).
    private static readonly Testing.Pictures.Paint _slope = (x, y) => ((byte)(x + (2 * y) + (x * y / 16)), 0, 0);

    public static TheoryData<string> Kinds =>
        ["png", "png-grey", "png-alpha", "png-grey-alpha", "png-interlaced", "png-small", "png-one", "png-large", "bmp", "gif", "jpeg", "jpeg-progressive", "jpeg-restart"];

    [Theory, MemberData(nameof(Kinds))]
    public void Equals_the_reference_engine(string kind)
    {
        var sigtool = SigTool.Find();
        Assert.SkipWhen(sigtool is null, SigTool.MissingReason);
        using var folder = new TempFolder();
        var picture = Picture(kind);
        var expected = sigtool!.FuzzyHash(folder.Write("picture", picture));
        Assert.NotNull(expected);
        Assert.Equal(expected, HashOf(picture));
    }

    /// <summary>Printed by the reference engine's tool for these pictures.</summary>
    [Theory]
    [InlineData("png", "8000071f1f3f3f3f")]
    [InlineData("png-grey", "8017923d6dc5b7b4")]
    [InlineData("png-one", "0000000000000000")]
    public void Is_the_number_that_the_reference_engine_printed(string kind, string hash) =>
        Assert.Equal(hash, HashOf(Picture(kind)));

    [Fact]
    public void A_picture_in_two_formats_has_one_hash() =>
        Assert.Equal(HashOf(Testing.Pictures.Png(120, 90, Testing.Pictures.Slope)), HashOf(Testing.Pictures.Bmp(120, 90, Testing.Pictures.Slope)));

    [Fact]
    public void A_picture_beyond_the_limits_has_none()
    {
        var picture = Testing.Pictures.Png(100, 80, Testing.Pictures.Slope);
        var content = new MemoryContent(picture);
        Assert.NotNull(ImageFuzzyHash.TryCompute(content, new PictureLimits { MaxPixels = 8000 }));
        Assert.Null(ImageFuzzyHash.TryCompute(content, new PictureLimits { MaxPixels = 7999 }));
        Assert.Null(ImageFuzzyHash.TryCompute(content, new PictureLimits { MaxBytes = picture.Length - 1 }));
    }

    /// <summary>The header alone claims four thousand million pixels.</summary>
    [Fact]
    public void A_size_is_not_believed_before_it_is_checked()
    {
        var picture = Testing.Pictures.Png(8, 8, Testing.Pictures.Slope);
        (picture[18], picture[22]) = (0xFF, 0xFF);
        Assert.Null(ImageFuzzyHash.TryCompute(new MemoryContent(picture), PictureLimits.Default));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_cut_picture_has_none(string kind)
    {
        var picture = Picture(kind);
        Assert.Null(ImageFuzzyHash.TryCompute(new MemoryContent(picture.AsMemory(0, picture.Length / 2)), PictureLimits.Default));
    }

    /// <summary>zlib asks for a dictionary then, which the framework reports as an I/O error.</summary>
    [Fact]
    public void Rows_that_need_a_dictionary_are_damage()
    {
        var picture = Testing.Pictures.Png(8, 8, Testing.Pictures.Slope);
        var flags = picture.AsSpan().IndexOf("IDAT"u8) + 5;
        picture[flags] = 32;
        Assert.Null(ImageFuzzyHash.TryCompute(new MemoryContent(picture), PictureLimits.Default));
    }

    [Fact]
    public void What_is_no_picture_has_none() =>
        Assert.Null(ImageFuzzyHash.TryCompute(new MemoryContent("no picture"u8.ToArray()), PictureLimits.Default));

    private static string? HashOf(byte[] picture)
    {
        Assert.Equal(ObjectType.Graphics, TypeDetector.Detect(picture.AsSpan(0, Math.Min(picture.Length, TypeDetector.HeadBytes))));
        return ImageFuzzyHash.TryCompute(new MemoryContent(picture), PictureLimits.Default)?.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static byte[] Picture(string kind) => kind switch
    {
        "png-grey" => Testing.Pictures.Png(64, 64, (x, y) => ((byte)((x * x) + y), 0, 0), color: 0),
        "png-alpha" => Testing.Pictures.Png(50, 70, Testing.Pictures.Slope, color: 6),
        "png-grey-alpha" => Testing.Pictures.Png(53, 71, _slope, color: 4),
        "png-interlaced" => Testing.Pictures.Png(61, 43, Testing.Pictures.Slope, isInterlaced: true),
        "png-small" => Testing.Pictures.Png(5, 3, (x, y) => ((byte)(x * 50), (byte)(y * 80), 7)),
        "png-one" => Testing.Pictures.Png(1, 1, (_, _) => (0, 0, 0)),
        "png-large" => Testing.Pictures.Png(500, 300, Testing.Pictures.Slope),
        "bmp" => Testing.Pictures.Bmp(101, 80, Testing.Pictures.Slope),
        "gif" => Testing.Pictures.Gif(90, 70, _slope),
        "jpeg" => Testing.Pictures.FlatJpeg(83, 61, _steps),
        "jpeg-progressive" => Testing.Pictures.FlatJpeg(83, 61, _steps, isProgressive: true),
        "jpeg-restart" => Testing.Pictures.FlatJpeg(83, 61, _steps, restartInterval: 5),
        _ => Testing.Pictures.Png(100, 80, Testing.Pictures.Slope),
    };
}
