namespace Engine.Normalisation;

/// <summary>Classes of bytes as normalisation sees them: those of the C locale.</summary>
internal static class Ascii
{
    /// <summary>09 to 0D and 20.</summary>
    public static bool IsSpace(byte value) => value is (>= 0x09 and <= 0x0D) or 0x20;

    public static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    public static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    public static bool IsAlphanumeric(byte value) => IsDigit(value) || (value | 0x20) is >= 'a' and <= 'z';

    /// <summary>What may begin a name of a script.</summary>
    public static bool IsNameStart(byte value) => (value | 0x20) is >= 'a' and <= 'z' || value is (byte)'_' or (byte)'$';

    /// <summary>What a name or number of a script is made of: two of them need a blank between them.</summary>
    public static bool IsNamePart(byte value) => IsNameStart(value) || IsDigit(value);

    /// <summary>The value of a hexadecimal digit; -1 for anything else.</summary>
    public static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
