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

    private readonly ByteBuffer _names = new();
    private readonly ByteBuffer _blocks = new();
    private byte[] _previous = [];
    private int _count;

    public ByteBuffer Names => _names;

    public ByteBuffer Blocks => _blocks;

    public void Add(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var shared = 0;
        if (_count++ % ImageFormat.NamesPerBlock == 0)
        {
            _blocks.AddUInt32((uint)_names.Length);
        }
        else
        {
            shared = Math.Min(bytes.AsSpan().CommonPrefixLength(_previous), byte.MaxValue);
        }

        _names.AddByte((byte)shared);
        _names.AddUInt16(checked((ushort)(bytes.Length - shared)));
        _names.Add(bytes.AsSpan(shared));
        _previous = bytes;
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
