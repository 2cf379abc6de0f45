using System.Collections;
using System.Globalization;
using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>Sets of bytes in regular expressions, and how they are written for the framework.</summary>
internal static class PcreClass
{
    private static readonly Dictionary<string, Func<byte, bool>> _named = new(StringComparer.Ordinal)
    {
        ["alnum"] = b => char.IsAsciiLetterOrDigit((char)b),
        ["alpha"] = b => char.IsAsciiLetter((char)b),
        ["ascii"] = b => b < 0x80,
        ["blank"] = b => b is 0x20 or 0x09,
        ["cntrl"] = b => b is < 0x20 or 0x7F,
        ["digit"] = b => char.IsAsciiDigit((char)b),
        ["graph"] = b => b is > 0x20 and < 0x7F,
        ["lower"] = b => char.IsAsciiLetterLower((char)b),
        ["print"] = b => b is >= 0x20 and < 0x7F,
        ["punct"] = b => b is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)b),
        ["space"] = IsSpace,
        ["upper"] = b => char.IsAsciiLetterUpper((char)b),
        ["word"] = IsWord,
        ["xdigit"] = b => char.IsAsciiHexDigit((char)b),
    };

    /// <summary>Adds the set of <c>\d \D \s \S \w \W \h \H \v \V</c>; false for other letters.</summary>
    public static bool TryAddEscape(BitArray set, byte letter)
    {
        Func<byte, bool>? accepts = (letter | 0x20) switch
        {
            'd' => b => char.IsAsciiDigit((char)b),
            's' => IsSpace,
            'w' => IsWord,
            'h' => b => b is 0x09 or 0x20 or 0xA0,
            'v' => b => b is >= 0x0A and <= 0x0D or 0x85,
            _ => null,
        };
        if (accepts is null)
        {
            return false;
        }

        Add(set, accepts, isNegated: char.IsAsciiLetterUpper((char)letter));
        return true;
    }

    /// <summary>Adds <c>[:name:]</c>; false for an unknown name. Ignoring case, upper and lower mean every letter.</summary>
    public static bool TryAddNamed(BitArray set, ReadOnlySpan<byte> name, bool isNegated, bool ignoresCase)
    {
        var text = Encoding.Latin1.GetString(name);
        if (ignoresCase && text is ("upper" or "lower"))
        {
            text = "alpha";
        }

        if (!_named.TryGetValue(text, out var accepts))
        {
            return false;
        }

        Add(set, accepts, isNegated);
        return true;
    }

    /// <summary>Writes a class that stands for one byte of the set, or outside it.</summary>
    public static void Write(StringBuilder output, BitArray set, bool isNegated)
    {
        if (!set.HasAnySet())
        {
            output.Append(isNegated ? "[\\s\\S]" : "[^\\s\\S]");
            return;
        }

        output.Append(isNegated ? "[^" : "[");
        for (var first = 0; first < 256; first++)
        {
            if (!set[first])
            {
                continue;
            }

            var last = first;
            while (last < 255 && set[last + 1])
            {
                last++;
            }

            WriteEscaped(output, (byte)first);
            if (last > first)
            {
                output.Append('-');
                WriteEscaped(output, (byte)last);
            }

            first = last;
        }

        output.Append(']');
    }

    /// <summary>One byte, so that it means itself in a class and outside.</summary>
    public static void WriteEscaped(StringBuilder output, byte value)
    {
        var character = RegexText.Of(value);
        if (char.IsAsciiLetterOrDigit(character))
        {
            output.Append(character);
        }
        else
        {
            output.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }
    }

    private static void Add(BitArray set, Func<byte, bool> accepts, bool isNegated)
    {
        for (var value = 0; value < 256; value++)
        {
            set[value] |= accepts((byte)value) != isNegated;
        }
    }

    private static bool IsSpace(byte value) => value is (>= 0x09 and <= 0x0D) or 0x20;

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value == '_';
}
