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

    public static string FromText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
