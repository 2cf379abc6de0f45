using System.Globalization;
using System.Text;

namespace Updater.Listeners.Clamd;

/// <summary>
/// Text as it goes over the wire: one character a byte. Paths come as bytes and are echoed unchanged, whatever their
/// encoding; only for opening a file they are read as UTF-8.
/// </summary>
internal static class WireText
{
    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] ToBytes(string wire) => Encoding.Latin1.GetBytes(wire);

    public static string ToPath(string wire) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(wire));

    /// <summary>
    /// A name as a reply shows it: control characters as <c>\x0a</c>. Raw, a line end in a file's name would end the
    /// reply, and what follows it could pass for the reply about another file.
    /// </summary>
    /// <param name="wire">Bytes from 80 on stay as they are: they are parts of UTF-8 characters.</param>
    public static string Printable(string wire) => wire.Any(IsControl)
        ? string.Concat(wire.Select(c => IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : c.ToString()))
        : wire;

    private static bool IsControl(char c) => c is < ' ' or '\x7f';

    public static string FromText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
