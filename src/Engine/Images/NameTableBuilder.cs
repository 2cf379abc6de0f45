namespace Engine.Images;

/// <summary>
/// Names in signature order, as numbers in stems (<see cref="NameStems"/>) where there is a stem and front-coded where not.
/// </summary>
/// <remarks>
/// Section <see cref="SectionKind.Names"/>: per name a varint, 0: u8 bytes shared with the last name of this kind in the block
/// of 16, varint of how many follow, these; else stem + 1 and the difference to the number before in the block
/// (0 at its start), zigzag varint. Any bytes come back as they were.
/// </remarks>
internal sealed class NameTableBuilder
{
    /// <summary>The longest name; lines end well below it (clamav-formats.md §3.1).</summary>
    public const int MaxNameBytes = ushort.MaxValue;

    private readonly SegmentedBytes _names = new();
    private readonly ChunkedList<uint> _blocks = new();
    private readonly NameStems _stems = new();

    /// <summary>Not on the stack: that would have every name's span copied there first, which costs more than all else here.</summary>
    private readonly byte[] _token = new byte[2 * Varint.MaxBytes];
    private byte[] _previous = new byte[256];
    private int _previousLength;
    private long _number;
    private int _count;

    public SectionSource Names => _names;

    /// <summary>u32 start of every 16th name.</summary>
    public SectionSource Blocks => _blocks.AsSection();

    /// <inheritdoc cref="NameStems.Stems"/>
    public SectionSource Stems => _stems.Stems;

    /// <inheritdoc cref="NameStems.Starts"/>
    public SectionSource StemStarts => _stems.Starts;

    /// <summary>Adds the sections.</summary>
    public void Write(ImageWriter writer)
    {
        writer.Add(SectionKind.Names, Names, 1, SectionFlags.None);
        writer.Add(SectionKind.NameBlocks, Blocks, 4, SectionFlags.None);
        writer.Add(SectionKind.NameStems, Stems, 1, SectionFlags.None);
        writer.Add(SectionKind.NameStemStarts, StemStarts, 4, SectionFlags.None);
    }

    /// <param name="name">UTF-8, or any bytes.</param>
    /// <exception cref="OverflowException">It is longer than <see cref="MaxNameBytes"/>.</exception>
    public void Add(ReadOnlySpan<byte> name)
    {
        _ = checked((ushort)name.Length);
        if (_count++ % ImageFormat.NamesPerBlock == 0)
        {
            _blocks.Add((uint)_names.Count);
            _previousLength = 0;
            _number = 0;
        }

        var number = NameNumber.Find(name);
        var stem = number.Length > 0 ? _stems.Find(name[..number.Start], name[(number.Start + number.Length)..]) : -1;
        if (stem < 0)
        {
            AddLiteral(name);
        }
        else
        {
            var length = Varint.Write(_token, (ulong)stem + 1);
            length += Varint.Write(_token.AsSpan(length), Varint.ZigZag(number.Value - _number));
            _names.Add(_token.AsSpan(0, length));
            _number = number.Value;
        }
    }

    private void AddLiteral(ReadOnlySpan<byte> name)
    {
        var shared = Math.Min(name.CommonPrefixLength(_previous.AsSpan(0, _previousLength)), byte.MaxValue);
        _token[0] = 0;
        _token[1] = (byte)shared;
        var length = 2 + Varint.Write(_token.AsSpan(2), (ulong)(name.Length - shared));
        _names.Add(_token.AsSpan(0, length));
        _names.Add(name[shared..]);
        if (name.Length > _previous.Length)
        {
            _previous = new byte[name.Length];
        }

        name.CopyTo(_previous);
        _previousLength = name.Length;
    }
}
