using System.Buffers;
using System.Numerics;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// The text form of signatures: a non-negative integer in base 64, least significant digit first, without padding
/// (clamav-formats.md §1.6).
/// </summary>
public static class DsigText
{
    /// <summary>Longest text that is read; a number of 2048 bits has 342 digits.</summary>
    public const int MaxLength = 512;

    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    /// <summary>False for an empty or overlong text, and for a character that is no digit.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (text.IsEmpty || text.Length > MaxLength || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        for (var i = text.Length - 1; i >= 0; i--)
        {
            value = (value << 6) | Digits.IndexOf(text[i], StringComparison.Ordinal);
        }

        return true;
    }

    /// <summary>The shortest text of a non-negative number.</summary>
    public static string Encode(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var text = new List<char>();
        do
        {
            text.Add(Digits[(int)(value & 63)]);
            value >>= 6;
        }
        while (!value.IsZero);
        return string.Concat(text);
    }
}
