namespace Engine.Pictures;

/// <summary>
/// Decodes one scan of a JPEG, sequential or progressive (ITU T.81, F.2 and G.2). Luma blocks are kept; those of other
/// components are only passed over.
/// </summary>
internal sealed class JpegScan(JpegFrame frame, JpegComponent[] components, int restartInterval)
{
    private readonly short[] _passedOver = new short[64];
    private int _blocksToSkip;

    /// <summary>First and last coefficient in zigzag order.</summary>
    public required int First { get; init; }

    public required int Last { get; init; }

    /// <summary>Bit positions of this scan and the one before; 0 before = the first of these coefficients.</summary>
    public required int High { get; init; }

    public required int Low { get; init; }

    /// <exception cref="PictureException">The scan is damaged.</exception>
    public void Read(ref JpegBits bits)
    {
        var isAlone = components.Length == 1;
        var columns = isAlone ? components[0].Columns : frame.McuColumns;
        var rows = isAlone ? components[0].Rows : frame.McuRows;
        Restart();
        var untilRestart = restartInterval;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (restartInterval > 0 && untilRestart-- == 0)
                {
                    bits.Restart();
                    Restart();
                    untilRestart = restartInterval - 1;
                }

                if (isAlone)
                {
                    ReadBlock(ref bits, components[0], column, row);
                }
                else
                {
                    ReadMcu(ref bits, column, row);
                }
            }
        }
    }

    private void Restart()
    {
        _blocksToSkip = 0;
        foreach (var component in components)
        {
            component.Predictor = 0;
        }
    }

    private void ReadMcu(ref JpegBits bits, int column, int row)
    {
        foreach (var component in components)
        {
            for (var y = 0; y < component.Down; y++)
            {
                for (var x = 0; x < component.Across; x++)
                {
                    ReadBlock(ref bits, component, (column * component.Across) + x, (row * component.Down) + y);
                }
            }
        }
    }

    private void ReadBlock(ref JpegBits bits, JpegComponent component, int column, int row)
    {
        var block = component == frame.Luma ? frame.LumaBlock(column, row) : _passedOver;
        if (!frame.IsProgressive)
        {
            ReadDc(ref bits, component, block);
            ReadSequential(ref bits, AcOf(component), block);
        }
        else if (First == 0)
        {
            if (High == 0)
            {
                ReadDc(ref bits, component, block);
            }
            else if (bits.Bit() != 0)
            {
                block[0] |= (short)(1 << Low);
            }
        }
        else if (High == 0)
        {
            ReadFirst(ref bits, AcOf(component), block);
        }
        else
        {
            Refine(ref bits, AcOf(component), block);
        }
    }

    private static JpegCode AcOf(JpegComponent component) => component.Ac ?? throw new PictureException("A scan has no code for AC.");

    private void ReadDc(ref JpegBits bits, JpegComponent component, Span<short> block)
    {
        var size = (component.Dc ?? throw new PictureException("A scan has no code for DC.")).Read(ref bits);
        if (size > 15)
        {
            throw new PictureException("A DC difference is too large.");
        }

        component.Predictor += bits.Signed(size);
        block[0] = (short)(component.Predictor << Low);
    }

    private static void ReadSequential(ref JpegBits bits, JpegCode ac, Span<short> block)
    {
        for (var k = 1; k < 64; k++)
        {
            var (zeros, size) = Math.DivRem(ac.Read(ref bits), (byte)16);
            if (size == 0)
            {
                if (zeros != 15)
                {
                    return;
                }

                k += 15;
                continue;
            }

            k += zeros;
            block[Place(k, 63)] = (short)bits.Signed(size);
        }
    }

    private void ReadFirst(ref JpegBits bits, JpegCode ac, Span<short> block)
    {
        if (_blocksToSkip > 0)
        {
            _blocksToSkip--;
            return;
        }

        for (var k = First; k <= Last; k++)
        {
            var (zeros, size) = Math.DivRem(ac.Read(ref bits), (byte)16);
            if (size == 0)
            {
                if (zeros < 15)
                {
                    _blocksToSkip = (1 << zeros) - 1 + bits.Bits(zeros);
                    return;
                }

                k += 15;
                continue;
            }

            k += zeros;
            block[Place(k, Last)] = (short)(bits.Signed(size) << Low);
        }
    }

    private void Refine(ref JpegBits bits, JpegCode ac, Span<short> block)
    {
        var k = First;
        if (_blocksToSkip == 0)
        {
            for (; k <= Last; k++)
            {
                var (zeros, size) = Math.DivRem(ac.Read(ref bits), (byte)16);
                short value = 0;
                if (size != 0)
                {
                    value = (short)(bits.Bit() != 0 ? 1 << Low : -1 << Low);
                }
                else if (zeros < 15)
                {
                    _blocksToSkip = (1 << zeros) + bits.Bits(zeros);
                    break;
                }

                k = PassZeros(ref bits, block, k, zeros);
                if (value != 0)
                {
                    block[Place(k, Last)] = value;
                }
            }
        }

        if (_blocksToSkip > 0)
        {
            PassZeros(ref bits, block, k, int.MaxValue);
            _blocksToSkip--;
        }
    }

    /// <summary>Adds a bit to every coefficient that is set, to the one behind so many that are not.</summary>
    private int PassZeros(ref JpegBits bits, Span<short> block, int k, int zeros)
    {
        for (; k <= Last; k++)
        {
            if (block[k] == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (bits.Bit() != 0 && (block[k] & (1 << Low)) == 0)
            {
                block[k] += (short)(block[k] > 0 ? 1 << Low : -1 << Low);
            }
        }

        return k;
    }

    private static int Place(int k, int last) => k <= last ? k : throw new PictureException("A coefficient leaves its block.");
}
