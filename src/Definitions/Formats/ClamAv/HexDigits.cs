using System.Buffers;

namespace Definitions.Formats.ClamAv;

/// <summary>Hexadecimal text in either case.</summary>
internal static class HexDigits
{
    private static readonly sbyte[] _values = Values();

    /// <summary>0 to 15, or -1.</summary>
    public static int Value(byte digit) => _values[digit];

    private static sbyte[] Values()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        for (var value = 0; value < 16; value++)
        {
            values["0123456789abcdef"[value]] = values["0123456789ABCDEF"[value]] = (sbyte)value;
        }

        return values;
    }

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
