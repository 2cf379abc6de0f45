using System.Buffers;
using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// The short way through a line of digests: accepts what <see cref="HashLine"/> accepts without a word, allocates
/// nothing, and leaves everything unusual to it. Whatever is taken here means there the same.
/// </summary>
internal static class HashLineScanner
{
    /// <summary>Digits of the largest size.</summary>
    private const int MaxSizeDigits = 10;

    /// <param name="value">Room for 32 bytes; the entry refers to it.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, HashPurpose purpose, Span<byte> value, out HashEntry entry)
    {
        entry = default;
        var first = line.IndexOf((byte)':');
        if (first < 0)
        {
            return false;
        }

        var rest = line[(first + 1)..];
        var second = rest.IndexOf((byte)':');
        if (second < 0)
        {
            return false;
        }

        var isSection = purpose == HashPurpose.PeSection;
        var digest = isSection ? rest[..second] : line[..first];
        var size = isSection ? line[..first] : rest[..second];
        var name = rest[(second + 1)..];
        long level = 0;
        var third = name.IndexOf((byte)':');
        if (third >= 0)
        {
            if (!IsForUs(name[(third + 1)..], out level))
            {
                return false;
            }

            name = name[..third];
        }

        if (!TryReadSize(size, purpose, level, out var number) || !TryReadDigest(digest, value, out var kind) || !IsPlain(name))
        {
            return false;
        }

        entry = new HashEntry { Kind = kind, Purpose = purpose, Value = value[..(digest.Length / 2)], Size = number, Name = name };
        return true;
    }

    /// <summary>One or two levels, none empty, that this engine lies between.</summary>
    private static bool IsForUs(ReadOnlySpan<byte> levels, out long minimum)
    {
        var colon = levels.IndexOf((byte)':');
        long maximum = long.MaxValue;
        var isRead = DecimalNumber.TryRead(colon < 0 ? levels : levels[..colon], uint.MaxValue, out minimum)
            && (colon < 0 || DecimalNumber.TryRead(levels[(colon + 1)..], uint.MaxValue, out maximum));
        return isRead && minimum <= EngineVersion.FunctionalityLevel && EngineVersion.FunctionalityLevel <= maximum;
    }

    private static bool TryReadSize(ReadOnlySpan<byte> text, HashPurpose purpose, long level, out uint size)
    {
        size = 0;
        if (text.Length == 1 && text[0] == '*')
        {
            return HashLine.AllowsAnySize(purpose, level);
        }

        if (text.Length is 0 or > MaxSizeDigits)
        {
            return false;
        }

        ulong number = 0;
        foreach (var character in text)
        {
            var digit = (uint)(character - '0');
            if (digit > 9)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        size = (uint)number;
        return number is > 0 and <= HashLine.MaxSize;
    }

    private static bool TryReadDigest(ReadOnlySpan<byte> text, Span<byte> value, out HashKind kind)
    {
        kind = text.Length switch { 32 => HashKind.Md5, 40 => HashKind.Sha1, _ => HashKind.Sha256 };
        return text.Length is 32 or 40 or 64
            && Convert.FromHexString(text, value, out _, out _) == OperationStatus.Done;
    }

    private static bool IsPlain(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && Ascii.IsValid(name) && name[^1] != ')' && !name.Contains((byte)0);
}
