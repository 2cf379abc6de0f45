using System.Buffers;

namespace Definitions.Formats.ClamAv;

/// <summary>Hexadecimal text in either case.</summary>
internal static class HexDigits
{
    /// <summary>0 to 15, or -1.</summary>
    public static int Value(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    /// <param name="text">Twice as long as <paramref name="bytes"/>.</param>
    /// <param name="wrong">On failure the index of the first character that is no digit.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int wrong)
    {
        wrong = -1;
        if (Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done)
        {
            return true;
        }

        do
        {
            wrong++;
        }
        while (Value(text[wrong]) >= 0);
        return false;
    }
}
