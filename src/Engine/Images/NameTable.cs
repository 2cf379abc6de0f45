using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Engine.Images;

/// <summary>The sections that names are in: see <see cref="NameTableBuilder"/> and <see cref="NameStems"/>.</summary>
internal readonly ref struct NameTable(
    ReadOnlySpan<byte> names, ReadOnlySpan<uint> blocks, ReadOnlySpan<byte> stems, ReadOnlySpan<uint> starts)
{
    public ReadOnlySpan<byte> Names { get; } = names;

    /// <summary>Start of every 16th name.</summary>
    public ReadOnlySpan<uint> Blocks { get; } = blocks;

    public ReadOnlySpan<byte> Stems { get; } = stems;

    public ReadOnlySpan<uint> Starts { get; } = starts;

    public static NameTable Of(Image image) => new(
        image.Bytes(image.Tables.Names),
        image.Words(image.Tables.NameBlocks),
        image.Bytes(image.Tables.NameStems),
        image.Words(image.Tables.NameStemStarts));

    /// <exception cref="ImageException">The table is damaged, or has no such name.</exception>
    public static string Read(Image image, uint signature) => Of(image).Read(signature);

    /// <summary>One name: at most 16 steps, in 128 KiB of borrowed memory.</summary>
    /// <exception cref="ImageException">The table is damaged, or has no such name.</exception>
    public string Read(uint signature)
    {
        var cursor = new NameCursor(this, Checked.Word(Blocks, signature / ImageFormat.NamesPerBlock));
        var rented = ArrayPool<byte>.Shared.Rent(2 * NameTableBuilder.MaxNameBytes);
        var literal = rented.AsSpan(0, NameTableBuilder.MaxNameBytes);
        var name = rented.AsSpan(NameTableBuilder.MaxNameBytes);
        try
        {
            for (var i = signature % ImageFormat.NamesPerBlock; ; i--)
            {
                cursor.MoveNext();
                cursor.CopyLiteral(literal);
                if (i == 0)
                {
                    return Encoding.UTF8.GetString(cursor.IsLiteral ? literal[..cursor.Length] : cursor.CopyNumbered(name));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>What a stem has before and behind its number; together with it a name.</summary>
    /// <exception cref="ImageException">There is no such stem, or it leaves its section.</exception>
    public void ReadStem(ulong stem, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> after)
    {
        if (stem >= (ulong)Starts.Length)
        {
            throw ImageException.Damaged("a name has no stem");
        }

        long start = Starts[(int)stem];
        long end = (int)stem + 1 < Starts.Length ? Starts[(int)stem + 1] : (uint)Stems.Length;
        var bytes = Checked.Slice(Stems, start, end - start);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Checked.Slice(bytes, 0, 2));
        before = Checked.Slice(bytes, 2, length);
        after = bytes[(2 + length)..];
    }
}

/// <summary>Goes through names from the start of a block on.</summary>
internal ref struct NameCursor(NameTable table, long start)
{
    private readonly NameTable _table = table;
    private ReadOnlySpan<byte> _before;
    private ReadOnlySpan<byte> _after;
    private int _shared;
    private int _literalLength;
    private int _digits;
    private long _number;

    /// <summary>Where the next name starts in its section.</summary>
    public long At { get; private set; } = start;

    /// <summary>Bytes of the name, 0 to 65,535.</summary>
    public int Length { get; private set; }

    /// <summary>It has no stem.</summary>
    public readonly bool IsLiteral => _digits == 0;

    /// <summary>Steps to the next name, of the same block.</summary>
    /// <exception cref="ImageException">The table is damaged.</exception>
    public void MoveNext()
    {
        var at = At;
        var stem = Varint.Read(_table.Names, ref at);
        long length;
        if (stem > 0)
        {
            _table.ReadStem(stem - 1, out _before, out _after);

            // Wraps for hostile differences; what comes out is checked.
            _number = unchecked(_number + Varint.UnZigZag(Varint.Read(_table.Names, ref at)));
            if (_number is < 0 or >= NameNumber.End)
            {
                throw ImageException.Damaged("a name's number is too large");
            }

            _digits = NameNumber.DigitsOf(_number);
            length = (long)_before.Length + _digits + _after.Length;
        }
        else
        {
            _shared = Checked.Slice(_table.Names, at++, 1)[0];
            if (_shared > _literalLength)
            {
                throw ImageException.Damaged("a name shares more than there is");
            }

            var count = Math.Min(Varint.Read(_table.Names, ref at), int.MaxValue);
            _before = Checked.Slice(_table.Names, at, (long)count);
            _after = default;
            _digits = 0;
            at += (long)count;
            length = _shared + (long)count;
        }

        if (length > NameTableBuilder.MaxNameBytes)
        {
            throw ImageException.Damaged("a name is too long");
        }

        Length = (int)length;
        _literalLength = IsLiteral ? Length : _literalLength;
        At = at;
    }

    /// <summary>Makes a literal name of what <paramref name="name"/> holds of the literal before; does nothing for other names.</summary>
    /// <param name="name">Room for 65,535 bytes.</param>
    public readonly void CopyLiteral(Span<byte> name)
    {
        if (IsLiteral)
        {
            _before.CopyTo(name[_shared..]);
        }
    }

    /// <summary>Makes a name that has a stem and returns it.</summary>
    /// <param name="name">Room for 65,535 bytes.</param>
    public readonly ReadOnlySpan<byte> CopyNumbered(Span<byte> name)
    {
        _before.CopyTo(name);
        Utf8Formatter.TryFormat(_number, name[_before.Length..], out _);
        _after.CopyTo(name[(_before.Length + _digits)..]);
        return name[..Length];
    }
}
