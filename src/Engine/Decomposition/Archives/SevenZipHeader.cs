using System.Buffers.Binary;
using SharpCompress.Compressors.LZMA;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Reads a 7z archive's header far enough to see what memory its coders ask for: the library allocates dictionaries as
/// declared. Damage is no concern here: whatever cannot be read is left for the library to judge.
/// </summary>
internal static class SevenZipHeader
{
    private const int StartBytes = 32;
    private const int MaxHeaderBytes = 16 * 1024 * 1024;
    private const int MaxLayers = 4;

    /// <exception cref="ContainerException">A coder asks for more than the caps of <see cref="Codecs"/>.</exception>
    public static void Check(ReaderContext context)
    {
        var start = context.Content.Peek(0, StartBytes);
        if (start.Length < StartBytes)
        {
            return;
        }

        var offset = BinaryPrimitives.ReadInt64LittleEndian(start[12..]);
        var size = BinaryPrimitives.ReadInt64LittleEndian(start[20..]);
        if (offset < 0 || offset > context.Content.Length || size is < 1 or > MaxHeaderBytes)
        {
            return;
        }

        var header = context.Content.Peek(StartBytes + offset, (int)size).ToArray();
        for (var layer = 0; layer < MaxLayers && header.Length > 0; layer++)
        {
            var parser = new SevenZipCoders(header);
            try
            {
                parser.Read();
            }
            catch (EndOfStreamException)
            {
                // Cut or senseless: coders seen before that were checked.
                return;
            }

            if (!parser.IsEncodedHeader || parser.HeaderProperties is not { } properties)
            {
                return;
            }

            header = Decode(context, parser, properties);
        }
    }

    private static byte[] Decode(ReaderContext context, SevenZipCoders parser, byte[] properties)
    {
        if (parser.PackedBytes <= 0 || parser.UnpackedBytes is <= 0 or > MaxHeaderBytes)
        {
            return [];
        }

        using var input = context.OpenStream(StartBytes + parser.PackedStart, parser.PackedBytes);
        try
        {
            using var decoder = LzmaStream.Create(properties, input, parser.PackedBytes, parser.UnpackedBytes, leaveOpen: true);
            var header = new byte[parser.UnpackedBytes];
            var length = decoder.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            return header[..length];
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the check from the library's decoder; opening the archive meets the same damage.
            return [];
        }
    }
}
