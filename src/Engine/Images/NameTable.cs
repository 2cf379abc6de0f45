using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Engine.Images;

/// <summary>
/// Names in signature order, front-coded: each name is the number of bytes it shares with the one before (0 at every
/// 16th), a u16 count and that many bytes of UTF-8. Neighbouring lines of a database share long prefixes, so the order
/// of the input needs no sorting and no name id.
/// </summary>
internal sealed class NameTableBuilder
{
    /// <summary>The longest name; lines end well below it (clamav-formats.md §3.1).</summary>
    public const int MaxNameBytes = ushort.MaxValue;

    private readonly SegmentedBytes _names = new();
    private readonly ChunkedList<uint> _blocks = new();
    private byte[] _previous = new byte[256];
    private int _previousLength;
    private int _count;

    /// <summary>Bytes of the names so far.</summary>
    public SectionSource Names => _names;

    public SectionSource Blocks => _blocks.AsSection();

    /// <param name="name">UTF-8.</param>
    /// <exception cref="OverflowException">It is longer than <see cref="MaxNameBytes"/>.</exception>
    public void Add(ReadOnlySpan<byte> name)
    {
        var shared = 0;
        if (_count++ % ImageFormat.NamesPerBlock == 0)
        {
            _blocks.Add((uint)_names.Count);
        }
        else
        {
            shared = Math.Min(name.CommonPrefixLength(_previous.AsSpan(0, _previousLength)), byte.MaxValue);
        }

        var rest = checked((ushort)(name.Length - shared));
        _names.Add([(byte)shared, (byte)rest, (byte)(rest >> 8)]);
        _names.Add(name[shared..]);
        if (name.Length > _previous.Length)
        {
            _previous = new byte[name.Length];
        }

        name.CopyTo(_previous);
        _previousLength = name.Length;
    }
}

/// <summary>Decodes one name: at most 16 steps.</summary>
internal static class NameTable
{
    /// <exception cref="ImageException">The table is damaged.</exception>
    public static string Read(Image image, uint signature)
    {
        var names = image.Bytes(image.Tables.Names);
        long at = Checked.Word(image.Words(image.Tables.NameBlocks), signature / ImageFormat.NamesPerBlock);
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue + byte.MaxValue);
        try
        {
            var length = 0;
            for (var i = signature % ImageFormat.NamesPerBlock; ; i--)
            {
                var head = Checked.Slice(names, at, 3);
                int shared = head[0];
                int added = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
                if (shared > length)
                {
                    throw ImageException.Damaged("a name shares more than there is");
                }

                Checked.Slice(names, at + 3, added).CopyTo(buffer.AsSpan(shared));
                length = shared + added;
                at += 3 + added;
                if (i == 0)
                {
                    return Encoding.UTF8.GetString(buffer, 0, length);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
