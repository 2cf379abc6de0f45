namespace Engine.Pictures;

/// <summary>
/// The unscaled DCT-II, X[k] = Σ x[n]·cos(π(n+½)k/N). Split at the middle: what is symmetric has odd frequencies of
/// exactly 0 then, where a plain sum leaves noise with a sign, and signs are what is compared in the end.
/// </summary>
internal static class CosineTransform
{
    /// <param name="line">A power of two of values, up to 32; is overwritten.</param>
    public static void Apply(Span<double> line, Span<double> frequencies)
    {
        var count = line.Length;
        if (count == 1)
        {
            frequencies[0] = line[0];
            return;
        }

        var half = count / 2;
        Span<double> sums = stackalloc double[half];
        Span<double> differences = stackalloc double[half];
        for (var n = 0; n < half; n++)
        {
            sums[n] = line[n] + line[count - 1 - n];
            differences[n] = line[n] - line[count - 1 - n];
        }

        Span<double> even = stackalloc double[half];
        Apply(sums, even);
        for (var k = 0; k < half; k++)
        {
            frequencies[2 * k] = even[k];
            var odd = 0.0;
            for (var n = 0; n < half; n++)
            {
                odd += differences[n] * Math.Cos(Math.PI * (n + 0.5) * ((2 * k) + 1) / count);
            }

            frequencies[(2 * k) + 1] = odd;
        }
    }
}
