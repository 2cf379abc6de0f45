using System.Text;

namespace Engine.FileTypes;

/// <summary>
/// Mail by its header (clamav-formats.md §4.3, MAIL): a known field in the first line, or one of a few fields followed
/// by a <c>Content-Type</c> within the first two kilobytes. Case does not matter: no mail reader cares either.
/// </summary>
internal static class MailTest
{
    /// <summary>Bytes in front of the colon that a field may have.</summary>
    private const int MaxField = 76;

    private static readonly FieldNames Openers = new(
    [
        "From", ">From", "Received", "Received-SPF", "Return-Path", "Subject", "To", "Date", "For", "Message-ID",
        "Delivered-To", "Delivery-date", "Envelope-to", "X-Original-To", "X-Envelope-From", "X-Sieve", "X-UIDL",
        "MIME-Version", "Content-Type", "DKIM-Signature", "ARC-Seal", "Authentication-Results", "Reply-To", "Cc", "Sender",
    ]);

    private static readonly FieldNames Inner = new(["Received", "From", "MIME-Version", "Message-ID"]);

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

            if (FieldName(line) is { IsEmpty: false } name)
            {
                if ((isFirst && Openers.Contains(name)) || (hasInner && System.Text.Ascii.EqualsIgnoreCase(name, "Content-Type"u8)))
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
        return !FieldName(end < 0 ? rest : rest[..end]).IsEmpty;
    }

    /// <summary>Empty when the line is no field.</summary>
    private static ReadOnlySpan<byte> FieldName(ReadOnlySpan<byte> line)
    {
        var colon = line[..Math.Min(line.Length, MaxField + 1)].IndexOf((byte)':');
        var name = line[..Math.Max(colon, 0)].TrimEnd(" \t"u8);
        return name.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? default : name;
    }

    /// <summary>Names of fields in any case.</summary>
    private sealed class FieldNames(string[] names)
    {
        private readonly byte[][] _names = Array.ConvertAll(names, Encoding.ASCII.GetBytes);

        public bool Contains(ReadOnlySpan<byte> name)
        {
            foreach (var known in _names)
            {
                if (known.Length == name.Length && System.Text.Ascii.EqualsIgnoreCase(known, name))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
