namespace Definitions.Formats.ClamAv;

/// <summary>Numbers in signature text: decimal digits only.</summary>
internal static class DecimalNumber
{
    /// <summary>True for one or more digits. Values beyond <paramref name="limit"/> come out as the limit.</summary>
    /// <param name="limit">Below <c>long.MaxValue / 10 - 9</c>.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, long limit, out long value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (var b in text)
        {
            if (!char.IsAsciiDigit((char)b))
            {
                return false;
            }

            value = Math.Min(limit, (value * 10) + (b - '0'));
        }

        return true;
    }
}
