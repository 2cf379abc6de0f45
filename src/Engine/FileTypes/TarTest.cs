namespace Engine.FileTypes;

/// <summary>The tar test of clamav-formats.md §4.2: <c>ustar</c> at 257, or a header checksum that is right.</summary>
internal static class TarTest
{
    public const int BlockBytes = 512;

    public static bool IsTar(ReadOnlySpan<byte> head) =>
        head.Length >= BlockBytes && (head[257..].StartsWith("ustar"u8) || IsChecksumRight(head[..BlockBytes]));

    /// <summary>Compares the octal number at 148 with the byte sum of the block, its own field taken as blanks.</summary>
    public static bool IsChecksumRight(ReadOnlySpan<byte> block)
    {
        var field = block.Slice(148, 8).Trim(" \0"u8);
        if (field.IsEmpty || field.ContainsAnyExceptInRange((byte)'0', (byte)'7'))
        {
            return false;
        }

        var stated = 0;
        foreach (var digit in field)
        {
            stated = (stated << 3) + (digit - '0');
        }

        int unsigned = 0, signed = 0;
        for (var i = 0; i < BlockBytes; i++)
        {
            var value = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        // Old programs summed signed bytes.
        return stated == unsigned || stated == signed;
    }
}
