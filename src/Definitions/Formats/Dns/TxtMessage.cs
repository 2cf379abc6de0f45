using System.Buffers.Binary;
using System.Text;

namespace Definitions.Formats.Dns;

/// <summary>
/// One DNS question for a TXT record and the reading of its answer (RFC 1035 §4), over UDP without extensions: at most
/// 512 bytes each way. Only what is needed to learn one short text.
/// </summary>
public static class TxtMessage
{
    /// <summary>Longest message of plain DNS over UDP (RFC 1035 §4.2.1).</summary>
    public const int MaxBytes = 512;

    private const int HeaderBytes = 12;
    private const int MaxNameBytes = 255;
    private const int MaxLabelBytes = 63;
    private const ushort TypeTxt = 16;
    private const ushort ClassInternet = 1;
    private const ushort RecursionDesired = 0x0100;
    private const ushort ReplyBit = 0x8000;
    private const ushort KindAndStatus = 0x780F; // Kind of query and response code.

    /// <summary>1 to 253 characters: labels of 1 to 63 letters, digits, <c>-</c> or <c>_</c>, joined by dots.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 253 && name.Split('.').All(label =>
            label.Length is > 0 and <= MaxLabelBytes && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    /// <exception cref="ArgumentException">The name breaks <see cref="IsName"/>.</exception>
    public static byte[] WriteQuery(ushort id, string name)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is no DNS name.", nameof(name));
        }

        var query = new byte[HeaderBytes + name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(4), 1);
        var at = HeaderBytes;
        foreach (var label in name.Split('.'))
        {
            query[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, query.AsSpan(at));
        }

        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 1), TypeTxt);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 3), ClassInternet);
        return query;
    }

    /// <summary>The first string of the first TXT record in the answer to exactly this query.</summary>
    /// <returns>Null when the message answers something else, reports an error, is cut short, or holds no TXT record.</returns>
    public static byte[]? ReadReply(ReadOnlySpan<byte> query, ReadOnlySpan<byte> reply)
    {
        // The question comes back as it was sent; letters may have another case.
        if (query.Length < HeaderBytes || reply.Length < query.Length || reply.Length > MaxBytes
            || !reply[..2].SequenceEqual(query[..2])
            || (Word(reply, 2) & (ReplyBit | KindAndStatus)) != ReplyBit
            || Word(reply, 4) != 1
            || !Ascii.EqualsIgnoreCase(reply[HeaderBytes..query.Length], query[HeaderBytes..]))
        {
            return null;
        }

        var at = query.Length;
        for (var left = Word(reply, 6); left > 0; left--)
        {
            if (!TrySkipName(reply, ref at) || reply.Length - at < 10)
            {
                return null;
            }

            var (type, recordClass, length) = (Word(reply, at), Word(reply, at + 2), Word(reply, at + 8));
            at += 10;
            if (length > reply.Length - at)
            {
                return null;
            }

            if (type == TypeTxt && recordClass == ClassInternet)
            {
                return length > 0 && reply[at] < length ? reply.Slice(at + 1, reply[at]).ToArray() : null;
            }

            at += length;
        }

        return null;
    }

    /// <summary>Names are skipped, not read: a pointer ends one, so nothing here can loop.</summary>
    private static bool TrySkipName(ReadOnlySpan<byte> message, ref int at)
    {
        var start = at;
        while (at < message.Length && at - start <= MaxNameBytes)
        {
            var length = message[at++];
            switch (length)
            {
                case 0:
                    return true;
                case >= 0xC0:
                    at++;
                    return true;
                case > MaxLabelBytes:
                    return false;
            }

            at += length;
        }

        return false;
    }

    private static ushort Word(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
