namespace Engine.Images;

/// <summary>
/// The number that tells a name from others like it: the last of the longest runs of digits, without leading zeros.
/// <c>Win.Trojan.Agent-5058809-0</c> is the stem <c>Win.Trojan.Agent-</c> … <c>-0</c> around 5058809.
/// </summary>
/// <param name="Start">Of the first digit, in bytes.</param>
/// <param name="Length">Digits; 0: the name has no such number.</param>
internal readonly record struct NameNumber(int Start, int Length, long Value)
{
    /// <summary>Numbers are below 10 to this: any two of them have a difference that fits in 64 bits.</summary>
    public const int MaxDigits = 18;

    /// <summary>The first number that is too large.</summary>
    public const long End = 1_000_000_000_000_000_000;

    /// <param name="name">Any bytes.</param>
    public static NameNumber Find(ReadOnlySpan<byte> name)
    {
        var best = default(NameNumber);
        for (var at = 0; name[at..].IndexOfAnyInRange((byte)'0', (byte)'9') is var next and >= 0;)
        {
            var start = at + next;
            long value = 0;
            for (at = start; at < name.Length && (uint)(name[at] - '0') <= 9; at++)
            {
                value = unchecked((value * 10) + (name[at] - '0'));
            }

            var length = at - start;
            if (length >= best.Length && length <= MaxDigits && (name[start] != '0' || length == 1))
            {
                best = new NameNumber(start, length, value);
            }
        }

        return best;
    }

    /// <param name="value">0 to <see cref="End"/>, exclusive.</param>
    public static int DigitsOf(long value)
    {
        var digits = 1;
        for (; value >= 10; value /= 10)
        {
            digits++;
        }

        return digits;
    }
}
