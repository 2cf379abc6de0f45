namespace Engine.Matching;

/// <summary>Bytes compared without regard to the case of ASCII letters.</summary>
internal static class FoldedText
{
    /// <summary>The first place, or -1.</summary>
    /// <param name="key">Letters in lower case; not empty.</param>
    public static int IndexOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        for (var from = 0; from <= bytes.Length - key.Length;)
        {
            var places = bytes[from..(bytes.Length - key.Length + 1)];
            var next = char.IsAsciiLetterLower((char)key[0])
                ? places.IndexOfAny(key[0], (byte)(key[0] & 0xDF))
                : places.IndexOf(key[0]);
            if (next < 0)
            {
                return -1;
            }

            if (Equals(bytes.Slice(from + next, key.Length), key))
            {
                return from + next;
            }

            from += next + 1;
        }

        return -1;
    }

    private static bool Equals(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            var value = char.IsAsciiLetterUpper((char)bytes[i]) ? (byte)(bytes[i] | 0x20) : bytes[i];
            var wanted = char.IsAsciiLetterUpper((char)key[i]) ? (byte)(key[i] | 0x20) : key[i];
            if (value != wanted)
            {
                return false;
            }
        }

        return true;
    }
}
