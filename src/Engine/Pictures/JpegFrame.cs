namespace Engine.Pictures;

/// <summary>One colour component of a JPEG frame.</summary>
internal sealed class JpegComponent
{
    public required byte Id { get; init; }

    /// <summary>Blocks of one MCU across and down: 1 to 4.</summary>
    public required int Across { get; init; }

    public required int Down { get; init; }

    /// <summary>Blocks that hold something of the picture; those of scans of this component alone.</summary>
    public required int Columns { get; init; }

    public required int Rows { get; init; }

    public required int Quantisation { get; init; }

    /// <summary>The last DC value of the scan.</summary>
    public int Predictor { get; set; }

    public JpegCode? Dc { get; set; }

    public JpegCode? Ac { get; set; }
}

/// <summary>The geometry of a JPEG and the coefficients of its luma, which are all that grey needs.</summary>
internal sealed class JpegFrame
{
    private readonly short[] _coefficients;
    private readonly int _columns;

    public JpegFrame(bool isProgressive, GreyPicture picture, JpegComponent[] components, int mcuColumns, int mcuRows)
    {
        (IsProgressive, Picture, Components, McuColumns, McuRows) = (isProgressive, picture, components, mcuColumns, mcuRows);
        _columns = mcuColumns * Luma.Across;
        _coefficients = new short[64 * _columns * mcuRows * Luma.Down];
    }

    public bool IsProgressive { get; }

    public GreyPicture Picture { get; }

    public JpegComponent[] Components { get; }

    public JpegComponent Luma => Components[0];

    public int McuColumns { get; }

    public int McuRows { get; }

    /// <summary>The quantisation steps of the luma in zigzag order; null before its first scan.</summary>
    public ushort[]? LumaSteps { get; set; }

    /// <summary>64 coefficients in zigzag order.</summary>
    public Span<short> LumaBlock(int column, int row) => _coefficients.AsSpan(64 * ((row * _columns) + column), 64);

    /// <summary>Turns the coefficients into the picture.</summary>
    /// <exception cref="PictureException">No scan held any.</exception>
    public GreyPicture Finish()
    {
        var steps = LumaSteps ?? throw new PictureException("There is no luma.");
        Span<byte> block = stackalloc byte[64];
        for (var row = 0; row * 8 < Picture.Height; row++)
        {
            for (var column = 0; column * 8 < Picture.Width; column++)
            {
                JpegBlock.Decode(LumaBlock(column, row), steps, block);
                var width = Math.Min(8, Picture.Width - (column * 8));
                for (var y = 0; y < Math.Min(8, Picture.Height - (row * 8)); y++)
                {
                    block.Slice(8 * y, width).CopyTo(Picture.Pixels.AsSpan((((row * 8) + y) * Picture.Width) + (column * 8)));
                }
            }
        }

        return Picture;
    }
}

/// <summary>Dequantisation and inverse DCT of one block (ITU T.81, A.3.3).</summary>
internal static class JpegBlock
{
    /// <summary>Place of each coefficient, row by row, in zigzag order.</summary>
    private static readonly byte[] _zigzag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>½·C(u)·cos((2x+1)uπ/16) at 8u + x.</summary>
    private static readonly float[] _waves =
    [
        .. from u in Enumerable.Range(0, 8)
           from x in Enumerable.Range(0, 8)
           select (float)(0.5 * (u == 0 ? Math.Sqrt(0.5) : 1) * Math.Cos(((2 * x) + 1) * u * Math.PI / 16)),
    ];

    /// <param name="pixels">64, row by row.</param>
    public static void Decode(ReadOnlySpan<short> coefficients, ReadOnlySpan<ushort> steps, Span<byte> pixels)
    {
        Span<float> values = stackalloc float[64];
        for (var i = 0; i < 64; i++)
        {
            values[_zigzag[i]] = coefficients[i] * steps[i];
        }

        Span<float> rows = stackalloc float[64];
        rows.Clear();
        for (var v = 0; v < 8; v++)
        {
            for (var u = 0; u < 8; u++)
            {
                var value = values[(8 * v) + u];
                if (value == 0)
                {
                    continue;
                }

                for (var x = 0; x < 8; x++)
                {
                    rows[(8 * v) + x] += value * _waves[(8 * u) + x];
                }
            }
        }

        for (var y = 0; y < 8; y++)
        {
            for (var x = 0; x < 8; x++)
            {
                var sum = 0f;
                for (var v = 0; v < 8; v++)
                {
                    sum += rows[(8 * v) + x] * _waves[(8 * v) + y];
                }

                pixels[(8 * y) + x] = (byte)Math.Clamp(MathF.Round(sum) + 128, 0, 255);
            }
        }
    }
}
