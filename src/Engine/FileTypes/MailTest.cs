using System.Text;

namespace Engine.FileTypes;

/// <summary>
/// Mail by its header (clamav-formats.md §4.3, MAIL): a known field in the first line, or one of a few fields followed
/// by a <c>Content-Type</c> within the first two kilobytes. Case does not matter: no mail reader cares either.
/// </summary>
internal static class MailTest
{
    private static readonly HashSet<string> Openers = new(StringComparer.OrdinalIgnoreCase)
    {
        "From", ">From", "Received", "Received-SPF", "Return-Path", "Subject", "To", "Date", "For", "Message-ID",
        "Delivered-To", "Delivery-date", "Envelope-to", "X-Original-To", "X-Envelope-From", "X-Sieve", "X-UIDL",
        "MIME-Version", "Content-Type", "DKIM-Signature", "ARC-Seal", "Authentication-Results", "Reply-To", "Cc", "Sender",
    };

    private static readonly HashSet<string> Inner = new(StringComparer.OrdinalIgnoreCase)
    {
        "Received", "From", "MIME-Version", "Message-ID",
    };

    public static bool IsMail(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
        {
            head = head[3..];
        }

        head = head[CountBlankLines(head)..];
        var isFirst = true;
        var hasInner = false;
        while (!head.IsEmpty)
        {
            var end = head.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? default : head[(end + 1)..];
            if (isFirst && IsEnvelopeLine(line))
            {
                return IsField(head);
            }

            if (FieldName(line) is { } name)
            {
                if ((isFirst && Openers.Contains(name)) || (hasInner && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
                {
                    return true;
                }

                hasInner |= Inner.Contains(name);
            }

            isFirst = false;
        }

        return false;
    }

    private static int CountBlankLines(ReadOnlySpan<byte> head)
    {
        var start = head.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        return start < 0 ? head.Length : start;
    }

    // "From somebody date" opens each mail of a mailbox file; as a sentence it opens many a letter, so a field must follow.
    private static bool IsEnvelopeLine(ReadOnlySpan<byte> line) => line.StartsWith("From "u8) || line.StartsWith(">From "u8);

    private static bool IsField(ReadOnlySpan<byte> rest)
    {
        rest = rest[CountBlankLines(rest)..];
        var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
        return FieldName(end < 0 ? rest : rest[..end]) is not null;
    }

    private static string? FieldName(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon is < 1 or > 76)
        {
            return null;
        }

        var name = line[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? null : Encoding.ASCII.GetString(name);
    }
}
