using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Walks the block headers of a RAR 5 archive far enough to see what dictionaries its members ask for: up to 4 GiB, and
/// the library allocates as declared. Older formats stop at 4 MiB. Damage is left for the library to judge.
/// </summary>
internal static class RarHeader
{
    private const int FileBlock = 2;
    private const int EncryptionBlock = 4;
    private const int HasExtra = 1;
    private const int HasData = 2;
    private const int HasTime = 2;
    private const int HasChecksum = 4;

    // More than the fields up to the compression method can take.
    private const int HeadBytes = 128;

    private static ReadOnlySpan<byte> Magic => [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x01, 0x00];

    /// <exception cref="ContainerException">A member asks for more than <see cref="Codecs.MaxWindowBytes"/>.</exception>
    public static void Check(ReaderContext context)
    {
        if (!context.Content.Peek(0, Magic.Length).SequenceEqual(Magic))
        {
            return;
        }

        for (long position = Magic.Length; position < context.Content.Length;)
        {
            context.Budget.Check();
            if (Next(context.Content, position) is not { } next)
            {
                return;
            }

            position = next;
        }
    }

    /// <summary>Where the next block starts; null when this one is the last that can be read.</summary>
    private static long? Next(ObjectContent content, long position)
    {
        var head = content.Peek(position, HeadBytes);
        var fields = new Fields(head, offset: 4);
        var size = fields.Number();
        var end = position + fields.Offset + size;
        var type = fields.Number();
        var flags = fields.Number();
        var extra = (flags & HasExtra) != 0 ? fields.Number() : 0;
        var data = (flags & HasData) != 0 ? fields.Number() : 0;
        if (fields.IsCut || size <= 0 || extra < 0 || data < 0 || type == EncryptionBlock)
        {
            return null;
        }

        if (type == FileBlock)
        {
            var fileFlags = fields.Number();
            fields.Number();
            fields.Number();
            fields.Skip(((fileFlags & HasTime) != 0 ? 4 : 0) + ((fileFlags & HasChecksum) != 0 ? 4 : 0));
            var method = fields.Number();
            if (!fields.IsCut)
            {
                // 128 KiB, doubled as often as bits 10 to 13 say.
                Codecs.CheckWindow((128L * 1024) << (int)((method >> 10) & 15));
            }
        }

        return end > position && data <= content.Length - end ? end + data : null;
    }

    /// <summary>Reads the variable-length numbers of a header: seven bits a byte, low ones first.</summary>
    private ref struct Fields(ReadOnlySpan<byte> bytes, int offset)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Offset { get; private set; } = offset;

        /// <summary>True when a field lay beyond the bytes; the numbers read since mean nothing.</summary>
        public bool IsCut { get; private set; }

        public void Skip(int count) => Offset += count;

        public long Number()
        {
            long value = 0;
            for (var shift = 0; shift < 63; shift += 7)
            {
                if (Offset >= _bytes.Length)
                {
                    break;
                }

                var b = _bytes[Offset++];
                value |= (long)(b & 0x7F) << shift;
                if (b < 0x80)
                {
                    return value;
                }
            }

            IsCut = true;
            return 0;
        }
    }
}
