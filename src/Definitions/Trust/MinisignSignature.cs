using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Definitions.Trust;

/// <summary>
/// A detached minisign signature file: an untrusted comment, the signature in base64, a trusted comment, and the
/// signature over both in base64; four lines.
/// </summary>
public sealed class MinisignSignature
{
    /// <summary>Comments are short; the tool itself cuts them at 8 KiB.</summary>
    public const int MaxBytes = 32 * 1024;

    private const int SignatureBytes = 64;
    private const int HeadBytes = 10;
    private const string TrustedStart = "trusted comment: ";

    private readonly byte[] _head;
    private readonly byte[] _ofComment;
    private readonly byte[] _comment;

    private MinisignSignature(byte[] head, byte[] ofComment, byte[] comment)
    {
        _head = head;
        _ofComment = ofComment;
        _comment = comment;
    }

    /// <summary>True (<c>ED</c>): the signature covers the content's BLAKE2b-512 digest; false (<c>Ed</c>): the content.</summary>
    public bool IsOverDigest => _head[1] == 'D';

    /// <summary>8 bytes that tell which key was used.</summary>
    public ReadOnlySpan<byte> KeyId => _head.AsSpan(2, 8);

    /// <summary>64 bytes.</summary>
    public ReadOnlySpan<byte> OfContent => _head.AsSpan(HeadBytes, SignatureBytes);

    /// <summary>64 bytes over <see cref="OfContent"/> and <see cref="TrustedComment"/>.</summary>
    public ReadOnlySpan<byte> OfComment => _ofComment;

    /// <summary>UTF-8 without its line end.</summary>
    public ReadOnlySpan<byte> TrustedComment => _comment;

    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out MinisignSignature? signature)
    {
        signature = null;
        if (text.Length > MaxBytes)
        {
            return false;
        }

        // Latin-1 keeps every byte of the comment as it is.
        var lines = Encoding.Latin1.GetString(text).Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        if (lines.Count is < 4 or > 5 || (lines.Count == 5 && lines[4].Length > 0)
            || !lines[0].StartsWith("untrusted comment:", StringComparison.Ordinal)
            || !lines[2].StartsWith(TrustedStart, StringComparison.Ordinal)
            || ReadBase64(lines[1], HeadBytes + SignatureBytes) is not { } head
            || ReadBase64(lines[3], SignatureBytes) is not { } ofComment
            || head[0] != 'E' || head[1] is not ((byte)'d' or (byte)'D'))
        {
            return false;
        }

        signature = new MinisignSignature(head, ofComment, Encoding.Latin1.GetBytes(lines[2][TrustedStart.Length..]));
        return true;
    }

    private static byte[]? ReadBase64(string line, int length)
    {
        var bytes = new byte[length];
        return line.Length == (length + 2) / 3 * 4 && Convert.TryFromBase64String(line, bytes, out var read) && read == length
            ? bytes
            : null;
    }
}
