using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>Options of a body subsignature: <c>::iwaf</c> (clamav-formats.md §3.7).</summary>
[Flags]
internal enum SubsignatureOptions
{
    None = 0,

    /// <summary><c>i</c>: letters match in either case.</summary>
    IgnoreCase = 1,

    /// <summary><c>w</c>: a zero byte after each byte.</summary>
    Wide = 2,

    /// <summary><c>a</c>: with <c>w</c>, the pattern as it is too.</summary>
    AsciiToo = 4,

    /// <summary><c>f</c>: boundaries <c>(W)</c> at both ends.</summary>
    FullWord = 8,
}

/// <summary>
/// Applies options to the text of a hex signature, as the reference engine does: full words first, then wide. What the
/// text cannot say, ignoring case, is done on the parsed pattern.
/// </summary>
internal static class SubsignatureText
{
    /// <summary>One item for each letter, shared.</summary>
    private static readonly ByteItem[] _letters =
        [.. Enumerable.Range(0, 27).Select(letter => new ByteItem { Value = (byte)(0x40 | letter), Mask = 0xDF })];

    /// <summary>Null for a letter that is no option.</summary>
    public static SubsignatureOptions? ReadOptions(ReadOnlySpan<byte> letters)
    {
        var options = SubsignatureOptions.None;
        foreach (var letter in letters)
        {
            switch (letter)
            {
                case (byte)'i':
                    options |= SubsignatureOptions.IgnoreCase;
                    break;
                case (byte)'w':
                    options |= SubsignatureOptions.Wide;
                    break;
                case (byte)'a':
                    options |= SubsignatureOptions.AsciiToo;
                    break;
                case (byte)'f':
                    options |= SubsignatureOptions.FullWord;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    /// <summary><c>(W)</c> at both ends; set-off bytes become bytes behind an ordinary gap.</summary>
    public static byte[] FullWord(ReadOnlySpan<byte> hex)
    {
        var text = new byte[hex.Length + 6];
        "(W)"u8.CopyTo(text);
        for (var i = 0; i < hex.Length; i++)
        {
            text[i + 3] = hex[i] switch { (byte)'[' => (byte)'{', (byte)']' => (byte)'}', var other => other };
        }

        "(W)"u8.CopyTo(text.AsSpan(hex.Length + 3));
        return text;
    }

    /// <summary>
    /// <c>00</c> behind every two digits. Gaps and distances count bytes of the object and stay as they are, boundaries
    /// look at single bytes.
    /// </summary>
    public static byte[] Wide(ReadOnlySpan<byte> hex)
    {
        var text = new List<byte>(hex.Length * 2);
        for (var i = 0; i < hex.Length; i++)
        {
            if (hex[i] is (byte)'{' or (byte)'[')
            {
                var end = hex[i..].IndexOf(hex[i] == '{' ? (byte)'}' : (byte)']');
                var length = end < 0 ? hex.Length - i : end + 1;
                text.AddRange(hex.Slice(i, length));
                i += length - 1;
            }
            else if (IsBoundary(hex[i..]))
            {
                text.AddRange(hex.Slice(i, 3));
                i += 2;
            }
            else if (IsDigit(hex[i]) && i + 1 < hex.Length && IsDigit(hex[i + 1]))
            {
                text.AddRange(hex.Slice(i, 2));
                text.AddRange("00"u8);
                i++;
            }
            else
            {
                text.Add(hex[i]);
            }
        }

        return [.. text];
    }

    /// <summary>
    /// <c>(W)</c> at the ends of parts looks at characters of two bytes. A negated one on the left stays as it is
    /// (measured).
    /// </summary>
    public static HexPattern WideBoundaries(HexPattern pattern) => new()
    {
        Parts = [.. pattern.Parts.Select(part => new PatternPart
        {
            Gap = part.Gap, Items = part.Items, Left = WideLeft(part.Left), Right = WideRight(part.Right),
        })],
        Left = WideLeft(pattern.Left),
        Right = WideRight(pattern.Right),
        Source = pattern.Source + "::w",
    };

    private static PatternBoundary? WideLeft(PatternBoundary? boundary) =>
        boundary is { Negated: false } ? WideRight(boundary) : boundary;

    private static PatternBoundary? WideRight(PatternBoundary? boundary) =>
        boundary is { Kind: BoundaryKind.NonAlphanumeric } known
            ? known with { Kind = BoundaryKind.WideNonAlphanumeric }
            : boundary;

    /// <summary>The pattern with letters of either case: bytes with mask DF.</summary>
    public static HexPattern IgnoreCase(HexPattern pattern) => new()
    {
        Parts = [.. pattern.Parts.Select(part => new PatternPart
        {
            Gap = part.Gap, Items = IgnoreCase(part.Items), Left = part.Left, Right = part.Right,
        })],
        Left = pattern.Left,
        Right = pattern.Right,
        Source = pattern.Source + "::i",
    };

    private static PatternItem[] IgnoreCase(IReadOnlyList<PatternItem> items) => [.. items.Select(IgnoreCase)];

    private static PatternItem IgnoreCase(PatternItem item) => item switch
    {
        ByteItem { Mask: 0xFF } literal when char.IsAsciiLetter((char)literal.Value) => _letters[literal.Value & 0x1F],
        AlternativesItem alternatives => new AlternativesItem
        {
            Negated = alternatives.Negated,
            Choices = [.. alternatives.Choices.Select(choice => (IReadOnlyList<PatternItem>)IgnoreCase(choice))],
        },
        _ => item,
    };

    private static bool IsBoundary(ReadOnlySpan<byte> text) =>
        text.StartsWith("(B)"u8) || text.StartsWith("(L)"u8) || text.StartsWith("(W)"u8);

    private static bool IsDigit(byte character) => character == '?' || HexDigits.Value(character) >= 0;
}
