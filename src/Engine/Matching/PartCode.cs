using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>What an instruction of a part's program consumes. Numbers are part of the image format.</summary>
internal enum PartOperation : byte
{
    /// <summary>u32 n, n bytes: exactly these.</summary>
    Literal = 1,

    /// <summary>u32 n, n values, n masks: <c>(b &amp; mask) == value</c>.</summary>
    Masked = 2,

    /// <summary>u32 n: any n bytes.</summary>
    Any = 3,

    /// <summary>32 bytes: one byte of this set.</summary>
    Set = 4,

    /// <summary>u32 shortest, u32 longest, u32 choices, then each as u32 length and program: one of them.</summary>
    Alternatives = 5,

    /// <summary>The same, all of one length: as many bytes, equal to none of them.</summary>
    NoneOf = 6,

    /// <summary>One byte that starts no line end: neither 0A nor 0D 0A.</summary>
    NoLineEnd = 7,
}

/// <summary>Reads a part's program; every operand is checked against the program's end.</summary>
internal ref struct PartCode(ReadOnlySpan<byte> code)
{
    /// <summary>Positions that one part's ends may spread over; the compiler refuses more.</summary>
    public const int MaxSpread = 4096;

    /// <summary>The longest part; the compiler refuses more.</summary>
    public const int MaxLength = 65536;

    /// <summary>Nesting of alternatives: 15 in the grammar (clamav-formats.md §3.6).</summary>
    public const int MaxDepth = 16;

    private ReadOnlySpan<byte> _rest = code;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next instruction, which stays where it is.</summary>
    public readonly PartOperation Peek() => (PartOperation)_rest[0];

    public PartOperation Operation() => (PartOperation)Bytes(1)[0];

    public uint Number() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ReadOnlySpan<byte> Bytes(long count)
    {
        var bytes = Checked.Slice(_rest, 0, count);
        _rest = _rest[bytes.Length..];
        return bytes;
    }
}
