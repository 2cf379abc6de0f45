namespace Engine.Pictures;

/// <summary>
/// Resizes to a square with the Lanczos kernel, a = 3: all columns first, then all rows, 32-bit floats between
/// (clamav-formats.md §3.7, image fuzzy hash, step 2).
/// </summary>
internal static class LanczosReduction
{
    private const float Lobes = 3;

    /// <summary>Row by row, <paramref name="side"/> squared values from 0 to 255.</summary>
    public static byte[] Reduce(GreyPicture picture, int side)
    {
        var (width, height) = (picture.Width, picture.Height);
        var columns = new float[width * side];
        Span<float> sums = new float[width];
        for (var y = 0; y < side; y++)
        {
            var (first, weights) = Weights(y, height, side);
            sums.Clear();
            for (var i = 0; i < weights.Length; i++)
            {
                var row = picture.Pixels.AsSpan((first + i) * width, width);
                for (var x = 0; x < width; x++)
                {
                    sums[x] += row[x] * weights[i];
                }
            }

            sums.CopyTo(columns.AsSpan(y * width));
        }

        var reduced = new byte[side * side];
        for (var x = 0; x < side; x++)
        {
            var (first, weights) = Weights(x, width, side);
            for (var y = 0; y < side; y++)
            {
                var sum = 0f;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += columns[(y * width) + first + i] * weights[i];
                }

                reduced[(y * side) + x] = (byte)Math.Clamp(MathF.Round(sum, MidpointRounding.AwayFromZero), 0, 255);
            }
        }

        return reduced;
    }

    /// <summary>The inputs that one output is made of: the first, and a weight for each; the weights sum to 1.</summary>
    private static (int First, float[] Weights) Weights(int output, int inputs, int outputs)
    {
        var ratio = inputs / (float)outputs;
        var scale = MathF.Max(ratio, 1);
        var reach = Lobes * scale;
        var centre = (output + 0.5f) * ratio;
        var first = Math.Clamp((int)MathF.Floor(centre - reach), 0, inputs - 1);
        var end = Math.Clamp((int)MathF.Ceiling(centre + reach), first + 1, inputs);
        var weights = new float[end - first];
        var sum = 0f;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Kernel((first + i - (centre - 0.5f)) / scale);
            sum += weights[i];
        }

        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] /= sum;
        }

        return (first, weights);
    }

    private static float Kernel(float x) => MathF.Abs(x) < Lobes ? Sinc(x) * Sinc(x / Lobes) : 0;

    private static float Sinc(float x)
    {
        var angle = x * MathF.PI;
        return x == 0 ? 1 : MathF.Sin(angle) / angle;
    }
}
