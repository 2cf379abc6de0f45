using System.Globalization;
using System.Text;
using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>Rewrites the strings of a rule in the grammar of subsignatures (clamav-formats.md §3.7, §3.11).</summary>
internal static class YaraStringReader
{
    /// <summary>Bytes of one string; lines of the other formats are as long.</summary>
    public const int MaxBytes = 8192;

    /// <summary>Of the numbers of a jump.</summary>
    private const int MaxJumpDigits = 9;

    /// <summary>Text in quotes, with its modifiers.</summary>
    /// <param name="quoted">The text with its quotes.</param>
    public static YaraString FromText(string id, YaraToken at, ReadOnlySpan<byte> quoted, IReadOnlyList<YaraToken> modifiers)
    {
        var bytes = Unescape(quoted[1..^1], at);
        if (bytes.Length > MaxBytes)
        {
            throw WrongLength(id, at, bytes.Length);
        }

        var options = new StringBuilder("::");
        foreach (var modifier in modifiers)
        {
            options.Append(modifier.Text switch
            {
                "nocase" => "i",
                "wide" => "w",
                "ascii" => "a",
                "fullword" => "f",
                "private" => "",
                _ => throw Unknown(modifier, id),
            });
        }

        var hex = Convert.ToHexStringLower(bytes);
        return new YaraString(id, at, options.Length > 2 ? hex + options : hex, IsRegex: false, IsHex: false)
        {
            Fault = bytes.Length < 2 ? WrongLength(id, at, bytes.Length) : null,
        };
    }

    /// <summary>A hex string. Modifiers mean nothing there, so none may stand behind it.</summary>
    public static YaraString FromHex(string id, YaraToken at, ReadOnlySpan<byte> body, IReadOnlyList<YaraToken> modifiers)
    {
        foreach (var modifier in modifiers.Where(modifier => modifier.Text != "private"))
        {
            throw Unknown(modifier, id);
        }

        var text = new StringBuilder();
        for (var i = 0; i < body.Length; i++)
        {
            switch ((char)body[i])
            {
                case ' ' or '\t' or '\r' or '\n' or '\v' or '\f':
                    break;
                case '/' when body[i..].StartsWith("//"u8) || body[i..].StartsWith("/*"u8):
                    i += CommentLength(body[i..]) - 1;
                    break;
                case '[':
                    i += Jump(body[i..], text, id, at) - 1;
                    break;
                case var c when char.IsAsciiHexDigit(c) || c is '?' or '(' or ')' or '|':
                    text.Append(c);
                    break;
                case var c:
                    throw new YaraException(SignatureCodes.RuleSyntax, at,
                        string.Create(CultureInfo.InvariantCulture, $"The hex string {id} holds a character that has no place there: U+{(int)c:X4}."));
            }

            if (text.Length > 2 * MaxBytes)
            {
                throw new YaraException(SignatureCodes.RuleStringTooLong, at, $"The hex string {id} is longer than {MaxBytes} bytes.");
            }
        }

        if (text.ToString().Contains("(|", StringComparison.Ordinal))
        {
            throw new YaraException(SignatureCodes.RuleString, at, $"The hex string {id} has alternatives that begin with an empty one.", YaraFault.String);
        }

        return new YaraString(id, at, text.ToString(), IsRegex: false, IsHex: true);
    }

    /// <summary>
    /// A regular expression. The reference engine has no wide ones, and neither ignoring case nor full words has an
    /// effect on them there, and one that matches counts 1; so it is here, where a warning says so.
    /// </summary>
    public static YaraString FromRegex(
        string id, YaraToken at, ReadOnlySpan<byte> expression, string modes, IReadOnlyList<YaraToken> modifiers, Action<YaraToken, string> warn)
    {
        if (expression.Length is 0 or > MaxBytes)
        {
            throw new YaraException(
                LengthCode(expression.Length), at, $"The expression {id} has {expression.Length} bytes; 1 to {MaxBytes} are allowed.");
        }

        YaraException? fault = null;
        foreach (var modifier in modifiers)
        {
            switch (modifier.Text)
            {
                case "nocase" or "fullword":
                    warn(modifier, $"The modifier {modifier.Text} has no effect on the expression {id}.");
                    break;
                case "ascii" or "private":
                    break;
                case "wide":
                    fault = new YaraException(
                        SignatureCodes.RuleWideExpression, modifier, $"The expression {id} is wide, which is not supported.", YaraFault.String);
                    break;
                default:
                    throw Unknown(modifier, id);
            }
        }

        if (modes.Any(mode => mode is not ('i' or 's')))
        {
            throw new YaraException(SignatureCodes.RuleSyntax, at, $"The flags of the expression {id} are i and s; these are '{modes}'.");
        }

        if (modes.Contains('i', StringComparison.Ordinal))
        {
            warn(at, $"The flag i has no effect on the expression {id}.");
        }

        return new YaraString(
            id, at, $"/{Encoding.Latin1.GetString(expression)}/{(modes.Contains('s', StringComparison.Ordinal) ? "s" : "")}",
            IsRegex: true, IsHex: false)
        {
            Fault = fault,
        };
    }

    private static YaraException WrongLength(string id, YaraToken at, int bytes) =>
        new(LengthCode(bytes), at, $"The string {id} has {bytes} bytes; 2 to {MaxBytes} are allowed.", YaraFault.String);

    private static string LengthCode(int bytes) => bytes > MaxBytes ? SignatureCodes.RuleStringTooLong : SignatureCodes.RuleString;

    private static YaraException Unknown(YaraToken modifier, string id) => new(
        SignatureCodes.RuleConstruct, modifier, $"The modifier '{PlainText.Of(modifier.Text)}' of {id} is not supported here.");

    private static byte[] Unescape(ReadOnlySpan<byte> text, YaraToken at)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add(text[i]);
                continue;
            }

            i++;
            switch ((char)text[i])
            {
                case 't':
                    bytes.Add((byte)'\t');
                    break;
                case 'n':
                    bytes.Add((byte)'\n');
                    break;
                case 'r':
                    bytes.Add((byte)'\r');
                    break;
                case '"' or '\\':
                    bytes.Add(text[i]);
                    break;
                case 'x' when i + 2 < text.Length && HexDigits.Value(text[i + 1]) >= 0 && HexDigits.Value(text[i + 2]) >= 0:
                    bytes.Add((byte)((HexDigits.Value(text[i + 1]) << 4) | HexDigits.Value(text[i + 2])));
                    i += 2;
                    break;
                default:
                    throw new YaraException(SignatureCodes.RuleSyntax, at, "An escape is none of \\t \\n \\r \\\" \\\\ \\xNN.");
            }
        }

        return [.. bytes];
    }

    private static int CommentLength(ReadOnlySpan<byte> text)
    {
        var isBlock = text[1] == '*';
        var end = isBlock ? text[2..].IndexOf("*/"u8) : text.IndexOf((byte)'\n');
        return end < 0 ? text.Length : end + (isBlock ? 4 : 1);
    }

    /// <summary><c>[n]</c>, <c>[n-m]</c>, <c>[n-]</c>, <c>[-]</c> as a gap; returns its length.</summary>
    private static int Jump(ReadOnlySpan<byte> body, StringBuilder text, string id, YaraToken at)
    {
        var end = body.IndexOf((byte)']');
        var inner = end < 0 ? "" : Encoding.Latin1.GetString(body[1..end]).Replace(" ", "", StringComparison.Ordinal);
        var dash = inner.IndexOf('-', StringComparison.Ordinal);
        var (low, high) = dash < 0 ? (inner, inner) : (inner[..dash], inner[(dash + 1)..]);
        if (end < 0 || inner.Length is 0 or > 20 || !IsNumberOrEmpty(low) || !IsNumberOrEmpty(high) || (dash < 0 && low.Length == 0))
        {
            throw new YaraException(SignatureCodes.RuleSyntax, at, $"The hex string {id} holds a jump that is none: [n], [n-m], [n-] or [-].");
        }

        if (Math.Max(low.Length, high.Length) > MaxJumpDigits)
        {
            throw new YaraException(SignatureCodes.RuleString, at, $"The hex string {id} holds a jump that is longer than any file.", YaraFault.String);
        }

        text.Append((low.TrimStart('0'), high.TrimStart('0')) switch
        {
            // No bytes at all: in body signatures that would stand for any number.
            ("", "") when dash < 0 || high.Length > 0 => "",
            ("", "") => "*",
            var (minimum, maximum) when dash < 0 && minimum == maximum => $"{{{minimum}}}",
            ("", var maximum) => $"{{-{maximum}}}",
            var (minimum, _) when high.Length == 0 => $"{{{minimum}-}}",
            var (minimum, maximum) => $"{{{minimum}-{(maximum.Length == 0 ? "0" : maximum)}}}",
        });
        return end + 1;
    }

    private static bool IsNumberOrEmpty(string text) => text.All(char.IsAsciiDigit);
}
