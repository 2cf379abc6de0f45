using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>A place in hex signature text, and the way to tell what is wrong there.</summary>
internal ref struct HexCursor(ReadOnlySpan<byte> text, int column, LineReport report)
{
    /// <summary>Shared, because most patterns repeat the same bytes: one item for each literal byte.</summary>
    private static readonly ByteItem[] _literals =
        [.. Enumerable.Range(0, 256).Select(value => new ByteItem { Value = (byte)value, Mask = 0xFF })];

    /// <summary><c>??</c>.</summary>
    public static ByteItem AnyByte { get; } = new() { Value = 0, Mask = 0 };

    public ReadOnlySpan<byte> Text { get; } = text;

    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position >= Text.Length;

    /// <summary>The character here, or 0 at the end.</summary>
    public readonly byte Current => IsAtEnd ? (byte)0 : Text[Position];

    public readonly ReadOnlySpan<byte> Rest => Text[Position..];

    public void Skip(int characters) => Position += characters;

    /// <summary>Steps over the token if it stands here.</summary>
    public bool TryTake(ReadOnlySpan<byte> token)
    {
        if (!Rest.StartsWith(token))
        {
            return false;
        }

        Position += token.Length;
        return true;
    }

    /// <summary>All fixed bytes from here on, up to whatever else stands there.</summary>
    public void ReadLiterals(PatternPartBuilder part)
    {
        var rest = Rest;
        var count = 0;
        while (count + 1 < rest.Length && (HexDigits.Value(rest[count]) | HexDigits.Value(rest[count + 1])) >= 0)
        {
            count += 2;
        }

        var room = part.Take(count / 2);
        for (var i = 0; i < room.Length; i++)
        {
            room[i] = _literals[(HexDigits.Value(rest[2 * i]) << 4) | HexDigits.Value(rest[(2 * i) + 1])];
        }

        Position += count;
    }

    /// <summary>Two characters: a byte, a nibble or <c>??</c>. Null after reporting.</summary>
    public ByteItem? ReadByte()
    {
        if (!IsDigit(Current))
        {
            Fault(SignatureCodes.PatternCharacter, Position,
                $"{Quoted.Text(Rest[..1])} is not expected here; allowed are hexadecimal digits, ?, *, {{n-m}}, [n-m], "
                + "(aa|bb), !(aa|bb) and the boundaries (B) (L) (W).");
            return null;
        }

        if (Position + 1 >= Text.Length || !IsDigit(Text[Position + 1]))
        {
            Fault(SignatureCodes.HalfByte, Position,
                $"{Quoted.Text(Rest[..1])} is half a byte; a byte is two digits, either of which may be ?.");
            return null;
        }

        var high = HexDigits.Value(Text[Position]);
        var low = HexDigits.Value(Text[Position + 1]);
        Position += 2;
        if (high >= 0 && low >= 0)
        {
            return _literals[(high << 4) | low];
        }

        if (high < 0 && low < 0)
        {
            return AnyByte;
        }

        return high >= 0
            ? new ByteItem { Value = (byte)(high << 4), Mask = 0xF0 }
            : new ByteItem { Value = (byte)low, Mask = 0x0F };
    }

    /// <param name="position">0-based in the text.</param>
    public readonly void Fault(string code, int position, string message) =>
        report.Error(code, column + position, message);

    public readonly void Warn(string code, int position, string message) =>
        report.Warn(code, column + position, message);

    private static bool IsDigit(byte character) => character == '?' || HexDigits.Value(character) >= 0;
}
