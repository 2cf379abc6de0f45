using System.Text;

namespace Definitions.Formats.ClamAv;

/// <summary>The name of a signature: any bytes but the separator; a trailing <c> (Clam)</c> is cut off (§3.1).</summary>
internal static class NameField
{
    /// <summary>False after reporting that nothing is left of the name.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int column, LineReport report, out string name)
    {
        if (text.EndsWith(" (Clam)"u8))
        {
            text = text[..^" (Clam)"u8.Length];
        }

        name = Decode(text);
        if (name.Length > 0)
        {
            return true;
        }

        report.Error(SignatureCodes.EmptyName, column, "The signature's name is empty; one character or more is needed.");
        return false;
    }

    /// <summary>UTF-8 where the bytes are that, else one character a byte, so that nothing is lost.</summary>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        var encoding = Ascii.IsValid(text) ? Encoding.ASCII
            : System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;
        return encoding.GetString(text);
    }
}
