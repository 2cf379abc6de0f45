using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Engine.Executables;

/// <summary>
/// The import string of a PE, whose digest is known as imphash (clamav-formats.md §3.4): for each import in table order
/// <c>library.function</c>, joined by commas, lower case; how libraries are cut, ordinals named and names limited was
/// measured on the reference engine.
/// </summary>
internal static class PeImports
{
    private const int DescriptorSize = 20;

    /// <summary>Libraries and functions of one file; beyond it there is no import string.</summary>
    private const int MaxLibraries = 1024;
    private const int MaxFunctions = 65536;

    /// <summary>Longer names are cut.</summary>
    private const int MaxNameBytes = 256;

    /// <summary>Bytes of the whole string; beyond it there is none.</summary>
    private const int MaxStringBytes = 4 << 20;

    /// <summary>
    /// The string as ASCII bytes; null when the file has no import table, or one that cannot be followed or names
    /// functions that no linker would.
    /// </summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static byte[]? Read(PeHeaders pe)
    {
        var table = pe.Directory(PeHeaders.ImportDirectory);
        if (table == 0 || pe.OffsetOf(table) is not { } at)
        {
            return null;
        }

        var text = new StringBuilder();
        var functions = 0;
        for (var i = 0; i < MaxLibraries; i++, at += DescriptorSize)
        {
            if (!pe.Bytes.TryRead(at, DescriptorSize, out var descriptor))
            {
                return null;
            }

            var name = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]);
            if (name == 0)
            {
                return text.Length == 0 ? null : Encoding.ASCII.GetBytes(text.ToString());
            }

            var lookup = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
            var thunks = lookup != 0 ? lookup : BinaryPrimitives.ReadUInt32LittleEndian(descriptor[16..]);
            if (ReadName(pe, name) is not { } library || !TryAddFunctions(pe, library, thunks, text, ref functions))
            {
                return null;
            }
        }

        return null;
    }

    private static bool TryAddFunctions(PeHeaders pe, string library, uint thunks, StringBuilder text, ref int functions)
    {
        if (pe.OffsetOf(thunks) is not { } at)
        {
            return false;
        }

        var width = pe.IsPlus ? 8 : 4;
        var shown = CutLibrary(library);
        while (pe.Bytes.TryRead(at, width, out var bytes))
        {
            var thunk = pe.IsPlus ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (thunk == 0)
            {
                return true;
            }

            var isOrdinal = thunk >> ((width * 8) - 1) != 0;
            var function = isOrdinal ? Ordinal(library, (ushort)thunk) : ReadName(pe, unchecked((uint)thunk + 2));
            if (function is null || (!isOrdinal && !IsName(function)) || ++functions > MaxFunctions || text.Length > MaxStringBytes)
            {
                return false;
            }

            text.Append(text.Length > 0 ? "," : "").Append(shown).Append('.').Append(Lower(function));
            at += width;
        }

        return false;
    }

    /// <summary>Without what follows the first dot when that is dll, ocx or sys, whatever stands behind it.</summary>
    private static string CutLibrary(string library)
    {
        var lower = Lower(library);
        var dot = lower.IndexOf('.', StringComparison.Ordinal);
        var extension = dot < 0 ? "" : lower[dot..];
        return extension.StartsWith(".dll", StringComparison.Ordinal) || extension.StartsWith(".ocx", StringComparison.Ordinal)
            || extension.StartsWith(".sys", StringComparison.Ordinal)
                ? lower[..dot]
                : lower;
    }

    private static string Ordinal(string library, ushort ordinal) =>
        PeOrdinals.NameOf(library, ordinal) ?? string.Create(CultureInfo.InvariantCulture, $"ord{ordinal}");

    /// <summary>The characters that linkers use in symbols; the reference engine takes fewer.</summary>
    private static bool IsName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || "._?@$()<>".Contains(c, StringComparison.Ordinal));

    /// <summary>A NUL-terminated name, one character a byte; null when its address lies nowhere.</summary>
    private static string? ReadName(PeHeaders pe, uint address)
    {
        if (pe.OffsetOf(address) is not { } at || !pe.Bytes.TryReadSome(at, MaxNameBytes, out var bytes))
        {
            return null;
        }

        var end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // ASCII only, whatever the culture; Latin-1 letters stay as they are and become '?' in the ASCII bytes.
    private static string Lower(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = source[i] is >= 'A' and <= 'Z' ? (char)(source[i] | 0x20) : source[i];
        }
    });
}
