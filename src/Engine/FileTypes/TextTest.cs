using System.Buffers;
using System.Text;

namespace Engine.FileTypes;

/// <summary>The text test of clamav-formats.md §4.2 over an object's first kilobyte.</summary>
internal static class TextTest
{
    public const int Bytes = 1024;

    // 00-06 0B 0E-1A 1C-1F 7F never occur in text; bytes from 80 on may.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0B, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
        0x18, 0x19, 0x1A, 0x1C, 0x1D, 0x1E, 0x1F, 0x7F,
    ]);

    public static ObjectType Classify(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, Bytes)];
        if (head.IsEmpty)
        {
            return ObjectType.Binary;
        }

        if (!head.ContainsAny(Forbidden))
        {
            return ObjectType.TextAscii;
        }

        // The order is the format's: bytes that no text holds may still be well-formed UTF-8.
        if (head.ContainsAnyInRange((byte)0x80, (byte)0xFF) && IsUtf8(head))
        {
            return ObjectType.TextUtf8;
        }

        return IsUtf16(head) ? ObjectType.TextUtf16 : ObjectType.Binary;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(head, out _, out var consumed);
            if (status != OperationStatus.Done)
            {
                // A character cut by the end of the head is no fault.
                return status == OperationStatus.NeedMoreData;
            }

            head = head[consumed..];
        }

        return true;
    }

    private static bool IsUtf16(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
        {
            return false;
        }

        var isLittle = head[0] == 0xFF && head[1] == 0xFE;
        var hasMark = isLittle || (head[0] == 0xFE && head[1] == 0xFF);
        for (var i = 2; i + 1 < head.Length; i += 2)
        {
            var unit = isLittle ? head[i] | (head[i + 1] << 8) : (head[i] << 8) | head[i + 1];
            if (unit == 0xFFFE || (!hasMark && unit < 0x80 && Forbidden.Contains((byte)unit)))
            {
                return false;
            }
        }

        return true;
    }
}
