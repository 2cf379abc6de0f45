using System.Runtime.CompilerServices;

namespace Engine.Images;

/// <summary>
/// Reads by indices that come from the image. Out of range means a damaged image and is said so; the scan then fails
/// with <see cref="ImageException"/> instead of going on with wrong data.
/// </summary>
internal static class Checked
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Word(ReadOnlySpan<uint> table, long index)
    {
        if ((ulong)index >= (ulong)table.Length)
        {
            throw ImageException.Damaged("an index leaves its table");
        }

        return table[(int)index];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> section, long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > section.Length - count)
        {
            throw ImageException.Damaged("a range leaves its section");
        }

        return section.Slice((int)offset, (int)count);
    }
}
