using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv;

/// <summary>Foreign bytes made fit for a message: printable ASCII in quotes, the rest as <c>\xNN</c>, cut after 40 bytes.</summary>
internal static class Quoted
{
    private const int MaxBytes = 40;

    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(MaxBytes + 8).Append('\'');
        foreach (var b in bytes[..Math.Min(bytes.Length, MaxBytes)])
        {
            if (b is >= 0x20 and < 0x7F)
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            }
        }

        return text.Append(bytes.Length > MaxBytes ? "…'" : "'").ToString();
    }
}
