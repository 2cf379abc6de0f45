namespace Engine.Normalisation;

/// <summary>Classes of bytes as normalisation sees them: those of the C locale.</summary>
internal static class Ascii
{
    private const byte Digit = 1;
    private const byte NameStart = 2;

    /// <summary>What ends a run in the name of a tag: white space, a bracket, and what is more than a byte of it.</summary>
    public const byte EndsTagName = 4;

    /// <summary>The same, and an equals sign.</summary>
    public const byte EndsAttributeName = 8;

    private static readonly byte[] _classes = Table(value =>
        (byte)((value is >= (byte)'0' and <= (byte)'9' ? Digit : 0)
            | ((value | 0x20) is >= 'a' and <= 'z' || value is (byte)'_' or (byte)'$' ? NameStart : 0)
            | (IsSpace(value) || value is (byte)'>' or 0 or >= 0x80 ? EndsTagName | EndsAttributeName : 0)
            | (value == '=' ? EndsAttributeName : 0)));

    private static readonly byte[] _lowerBlanks = Table(value => IsSpace(value) ? (byte)' ' : Lower(value));

    /// <summary>09 to 0D and 20.</summary>
    public static bool IsSpace(byte value) => value is (>= 0x09 and <= 0x0D) or 0x20;

    public static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    public static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    public static bool IsAlphanumeric(byte value) => IsDigit(value) || (value | 0x20) is >= 'a' and <= 'z';

    /// <summary>What may begin a name of a script.</summary>
    public static bool IsNameStart(byte value) => (_classes[value] & NameStart) != 0;

    /// <summary>What a name or number of a script is made of: two of them need a blank between them.</summary>
    public static bool IsNamePart(byte value) => Is(value, Digit | NameStart);

    /// <summary>Whether the byte is of one of the classes, which are bits.</summary>
    public static bool Is(byte value, byte classes) => (_classes[value] & classes) != 0;

    /// <summary>A letter in lower case, a blank for any white space, any other byte as it is.</summary>
    public static byte LowerBlank(byte value) => _lowerBlanks[value];

    /// <summary>The value of a hexadecimal digit; -1 for anything else.</summary>
    public static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };

    private static byte[] Table(Func<byte, byte> of) => [.. Enumerable.Range(0, 256).Select(value => of((byte)value))];
}
