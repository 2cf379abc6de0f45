using System.Globalization;
using System.Text;

namespace Engine.Normalisation;

/// <summary>
/// Cuts a script into tokens the way the reference engine does, which is not quite that of the language: no regular
/// expressions, a comment after <c>//</c> ends at the first white space, and other bytes than names, numbers, strings
/// and the usual signs fall out. Every byte is looked at a bounded number of times.
/// </summary>
internal static class ScriptTokenizer
{
    /// <summary>Whole numbers of so many digits that do not begin with a zero stay as they are.</summary>
    private const int MaxPlainDigits = 9;

    /// <param name="code">The script with its end tag, which is made of tokens like the rest.</param>
    /// <param name="pool">Takes the tokens' bytes.</param>
    public static void Read(ReadOnlySpan<byte> code, ByteAppender pool, List<ScriptToken> tokens)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at];
            if (Ascii.IsNameStart(value))
            {
                at = ReadName(code, at, pool, tokens);
            }
            else if (Ascii.IsDigit(value))
            {
                at = ReadNumber(code, at, pool, tokens);
            }
            else if (value is (byte)'"' or (byte)'\'')
            {
                at = ReadText(code, at, pool, tokens);
            }
            else if (value == '/' && at + 1 < code.Length && code[at + 1] is (byte)'*' or (byte)'/')
            {
                at = SkipComment(code, at);
            }
            else
            {
                at++;
                if (IsSign(value))
                {
                    Add(ScriptTokenKind.Sign, [value], pool, tokens);
                }
            }
        }
    }

    private static bool IsSign(byte value) =>
        value is > 0x20 and < 0x7F and not ((byte)'@' or (byte)'#' or (byte)'`' or (byte)'\\') && !Ascii.IsAlphanumeric(value);

    private static void Add(ScriptTokenKind kind, ReadOnlySpan<byte> bytes, ByteAppender pool, List<ScriptToken> tokens)
    {
        tokens.Add(new ScriptToken(kind, pool.Length, bytes.Length));
        pool.Append(bytes);
    }

    private static int ReadName(ReadOnlySpan<byte> code, int at, ByteAppender pool, List<ScriptToken> tokens)
    {
        var start = at;
        while (at < code.Length && Ascii.IsNamePart(code[at]))
        {
            at++;
        }

        // A name that the end of the code cuts off is not complete.
        if (at < code.Length)
        {
            var name = code[start..at];
            var isMember = tokens.Count > 0 && tokens[^1].IsSign(pool.Written, '.')
                && !name.SequenceEqual("var"u8) && !name.SequenceEqual("function"u8);
            Add(isMember ? ScriptTokenKind.Word : ScriptTokenKind.Name, name, pool, tokens);
        }

        return at;
    }

    private static int ReadNumber(ReadOnlySpan<byte> code, int at, ByteAppender pool, List<ScriptToken> tokens)
    {
        var start = at;
        at = SkipDigits(code, at);
        var isFraction = at < code.Length && code[at] == '.';
        var numberEnd = at;
        if (isFraction)
        {
            at = numberEnd = SkipDigits(code, at + 1);
            if (at < code.Length && (code[at] | 0x20) == 'e')
            {
                at++;
                at += at < code.Length && code[at] is (byte)'+' or (byte)'-' ? 1 : 0;
                var exponent = at;
                at = SkipDigits(code, at);
                numberEnd = at > exponent ? at : numberEnd;
            }
        }

        if (at < code.Length)
        {
            var digits = code[start..numberEnd];
            var isPlain = !isFraction && digits.Length <= MaxPlainDigits && (digits.Length == 1 || digits[0] != '0');
            Add(ScriptTokenKind.Word, isPlain ? digits : Encoding.ASCII.GetBytes(isFraction ? Fraction(digits) : Whole(digits)), pool, tokens);
        }

        return at;
    }

    private static int SkipDigits(ReadOnlySpan<byte> code, int at)
    {
        while (at < code.Length && Ascii.IsDigit(code[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Six significant digits, as the reference engine prints them.</summary>
    private static string Fraction(ReadOnlySpan<byte> text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            .ToString("G6", CultureInfo.InvariantCulture).Replace("\u221E", "inf", StringComparison.Ordinal);

    /// <summary>The low 32 bits with their sign of a number that stops at 2^63 - 1.</summary>
    private static string Whole(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (var digit in digits)
        {
            value = value > (long.MaxValue - (digit - '0')) / 10 ? long.MaxValue : (value * 10) + (digit - '0');
            if (value == long.MaxValue)
            {
                break;
            }
        }

        return unchecked((int)value).ToString(CultureInfo.InvariantCulture);
    }

    private static int SkipComment(ReadOnlySpan<byte> code, int at)
    {
        if (code[at + 1] == '*')
        {
            var length = code[(at + 2)..].IndexOf("*/"u8);
            return length < 0 ? code.Length : at + length + 4;
        }

        while (at < code.Length && !Ascii.IsSpace(code[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Unterminated, the string takes everything, an end tag too.</summary>
    private static int ReadText(ReadOnlySpan<byte> code, int at, ByteAppender pool, List<ScriptToken> tokens)
    {
        var quote = code[at++];
        var start = pool.Length;
        while (at < code.Length && code[at] != quote)
        {
            if (code[at] != '\\')
            {
                var run = code[at..].IndexOfAny(quote, (byte)'\\');
                run = run < 0 ? code.Length - at : run;
                pool.Append(code.Slice(at, run));
                at += run;
            }
            else
            {
                at = ReadEscape(code, at + 1, quote, pool);
            }
        }

        tokens.Add(new ScriptToken(ScriptTokenKind.Text, start, pool.Length - start));
        return at + 1;
    }

    private static int ReadEscape(ReadOnlySpan<byte> code, int at, byte quote, ByteAppender pool)
    {
        if (at >= code.Length)
        {
            return at;
        }

        var value = code[at++];
        var length = value switch { (byte)'x' => 2, (byte)'u' => 4, _ => 0 };
        var digits = code.Slice(at, Math.Min(length, code.Length - at));
        digits = digits.IndexOf(quote) is var end and >= 0 ? digits[..end] : digits;
        switch (value)
        {
            case (byte)'x' or (byte)'u' when digits.Length < length:
                // Too short: the backslash stays, and of \x nothing else.
                pool.Append((byte)'\\');
                return value == 'x' ? at + digits.Length : at;
            case (byte)'x':
                pool.Append((byte)(TryHex(digits, 0, 2, out var byteValue) ? Math.Max(byteValue, 1) : 0xFF));
                return at + 2;
            case (byte)'u':
                AppendUtf8(TryHex(digits, 0, 4, out var unit) ? unit : 0xFFFF, pool);
                return at + 4;
            default:
                pool.Append(value switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'v' => (byte)'\v',
                    (byte)'f' => (byte)'\f',
                    (byte)'b' => (byte)'\b',
                    (byte)'0' => (byte)1,
                    _ => value,
                });
                return at;
        }
    }

    /// <summary>Exactly so many hexadecimal digits.</summary>
    internal static bool TryHex(ReadOnlySpan<byte> code, int at, int count, out int value)
    {
        value = 0;
        if (code.Length - at < count)
        {
            return false;
        }

        foreach (var digit in code.Slice(at, count))
        {
            var part = Ascii.HexValue(digit);
            if (part < 0)
            {
                return false;
            }

            value = (value << 4) | part;
        }

        return true;
    }

    /// <summary>A 16-bit unit in one to three bytes; 0 is written as 1.</summary>
    internal static void AppendUtf8(int unit, ByteAppender pool)
    {
        if (unit < 0x80)
        {
            pool.Append((byte)Math.Max(unit, 1));
        }
        else if (unit < 0x800)
        {
            pool.Append((byte)(0xC0 | (unit >> 6)));
            pool.Append((byte)(0x80 | (unit & 0x3F)));
        }
        else
        {
            pool.Append((byte)(0xE0 | (unit >> 12)));
            pool.Append((byte)(0x80 | ((unit >> 6) & 0x3F)));
            pool.Append((byte)(0x80 | (unit & 0x3F)));
        }
    }
}
