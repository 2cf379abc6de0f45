using System.Buffers;
using Engine.Objects;

namespace Engine.Pictures;

/// <summary>
/// The perceptual hash of a picture as <c>fuzzy_img#</c> subsignatures hold it (clamav-formats.md §3.7): 64 bits, the
/// first written the most significant. PNG, JPEG, GIF and BMP; other pictures have none.
/// </summary>
public static class ImageFuzzyHash
{
    /// <summary>Side of the reduced picture.</summary>
    private const int Side = 32;

    /// <summary>Side of the square of lowest frequencies.</summary>
    private const int Low = 8;

    /// <summary>Null when the object is no picture that can be decoded, or larger than the limits. Never throws for content.</summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static ulong? TryCompute(ObjectContent content, PictureLimits limits)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(limits);
        if (content.Length > limits.MaxBytes)
        {
            return null;
        }

        var length = (int)content.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            content.Peek(0, length).CopyTo(bytes);
            return PictureDecoder.Decode(bytes.AsSpan(0, length), limits) is { } picture ? Compute(picture) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reduces to 32×32, transforms, and compares the 64 lowest frequencies with their median.</summary>
    internal static ulong Compute(GreyPicture picture)
    {
        var reduced = LanczosReduction.Reduce(picture, Side);
        var values = new double[Side * Side];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reduced[i] / 255.0;
        }

        // Columns, then rows.
        Transform(values, stride: Side, step: 1);
        Transform(values, stride: 1, step: Side);
        Span<double> lowest = stackalloc double[Low * Low];
        for (var i = 0; i < lowest.Length; i++)
        {
            lowest[i] = values[(i / Low * Side) + (i % Low)];
        }

        Span<double> sorted = stackalloc double[Low * Low];
        lowest.CopyTo(sorted);
        sorted.Sort();
        var median = (sorted[(Low * Low / 2) - 1] + sorted[Low * Low / 2]) / 2;
        ulong hash = 0;
        foreach (var value in lowest)
        {
            hash = (hash << 1) | (value > median ? 1u : 0u);
        }

        return hash;
    }

    /// <summary>DCT-II of 32 lines.</summary>
    private static void Transform(double[] values, int stride, int step)
    {
        Span<double> line = stackalloc double[Side];
        Span<double> frequencies = stackalloc double[Side];
        for (var i = 0; i < Side; i++)
        {
            for (var n = 0; n < Side; n++)
            {
                line[n] = values[(i * step) + (n * stride)];
            }

            CosineTransform.Apply(line, frequencies);
            for (var k = 0; k < Side; k++)
            {
                values[(i * step) + (k * stride)] = frequencies[k];
            }
        }
    }
}
