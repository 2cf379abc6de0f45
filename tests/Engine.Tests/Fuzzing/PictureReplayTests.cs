using CsCheck;
using Fuzz;

namespace Engine.Tests.Fuzzing;

/// <summary>Replays the fuzz entry point of pictures on seeds with bytes changed and cut.</summary>
public sealed class PictureReplayTests
{
    [Theory]
    [InlineData("png")]
    [InlineData("png-interlaced")]
    [InlineData("bmp")]
    [InlineData("gif")]
    [InlineData("jpeg")]
    [InlineData("jpeg-progressive")]
    public void No_damage_to_a_picture_escapes(string kind)
    {
        var seed = Seed(kind);
        PictureFuzz.Run(seed);
        Gen.Select(Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte).Array[1, 5], Gen.Int[0, seed.Length * 3]).Sample(
            (changes, length) =>
            {
                var bytes = (byte[])seed.Clone();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                PictureFuzz.Run(bytes.AsSpan(0, Math.Min(length, bytes.Length)));
            },
            iter: 1000,
            threads: 1);
    }

    private static byte[] Seed(string kind) => kind switch
    {
        "png" => Testing.Pictures.Png(20, 15, Testing.Pictures.Slope),
        "png-interlaced" => Testing.Pictures.Png(20, 15, Testing.Pictures.Slope, isInterlaced: true),
        "bmp" => Testing.Pictures.Bmp(20, 15, Testing.Pictures.Slope),
        "gif" => Testing.Pictures.Gif(20, 15, Testing.Pictures.Slope),
        "jpeg" => Testing.Pictures.FlatJpeg(40, 30, Testing.Pictures.Slope, restartInterval: 3),
        _ => Testing.Pictures.FlatJpeg(40, 30, Testing.Pictures.Slope, isProgressive: true),
    };
}
