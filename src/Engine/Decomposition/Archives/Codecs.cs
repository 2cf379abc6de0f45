using System.Buffers.Binary;
using System.IO.Compression;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Deflate64;
using SharpCompress.Compressors.LZMA;
using SharpCompress.Compressors.PPMd;
using SharpCompress.Compressors.Xz;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Compressors.ZStandard.Unsafe;
using LibraryMode = SharpCompress.Compressors.CompressionMode;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Opens decoders. Memory that a stream asks for is looked at first: a window of 4 GiB costs its sender ten bytes
/// (decomposer.md §3).
/// </summary>
internal static class Codecs
{
    /// <summary>Largest LZMA dictionary and Zstandard window: what the tools' highest ordinary levels use, with room.</summary>
    public const long MaxWindowBytes = 256L * 1024 * 1024;

    /// <summary>Largest PPMd model.</summary>
    public const long MaxPpmdBytes = 64L * 1024 * 1024;

    private const int WindowLogMax = 28;

    // Bits of an xz block header's flags, and the filter that is LZMA2 (xz file format §3.1, §5.3.1).
    private const byte Lzma2Filter = 0x21;
    private const int XzStreamHeaderBytes = 12;

    public static Stream OpenDeflate(Stream input) => new DeflateStream(input, CompressionMode.Decompress);

    public static Stream OpenDeflate64(Stream input) => new Deflate64Stream(input, LibraryMode.Decompress);

    /// <summary>One bzip2 stream; leaves the input open, behind the stream's last byte.</summary>
    public static Stream OpenBzip2(Stream input) =>
        BZip2Stream.Create(input, LibraryMode.Decompress, false, leaveOpen: true, tolerateTruncatedStream: false);

    /// <summary>All frames up to the input's end; leaves the input open.</summary>
    public static Stream OpenZstandard(Stream input)
    {
        var decoder = new DecompressionStream(input, 0, checkEndOfStream: true, leaveOpen: true);
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLogMax);
        return decoder;
    }

    /// <summary>One xz stream.</summary>
    /// <exception cref="ContainerException">Its dictionary is too large.</exception>
    public static Stream OpenXz(Stream input)
    {
        CheckXzDictionary(input);
        return new XZStream(new UnclosedStream(input));
    }

    /// <summary>LZMA as ZIP has it: version, length and the properties before the data (APPNOTE §5.8).</summary>
    public static Stream OpenZipLzma(Stream input, long compressedBytes, long uncompressedBytes)
    {
        Span<byte> head = stackalloc byte[9];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || BinaryPrimitives.ReadUInt16LittleEndian(head[2..]) != 5)
        {
            throw new ContainerException(ScanCode.DecFileExtractFailed, "The LZMA header is damaged.");
        }

        CheckWindow(BinaryPrimitives.ReadUInt32LittleEndian(head[5..]));
        return LzmaStream.Create(head[4..].ToArray(), input, compressedBytes - head.Length, uncompressedBytes, leaveOpen: false);
    }

    /// <summary>PPMd as ZIP has it: two bytes of parameters before the data (APPNOTE §5.10).</summary>
    public static Stream OpenZipPpmd(Stream input)
    {
        var head = new byte[2];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            throw new ContainerException(ScanCode.DecFileExtractFailed, "The PPMd header is cut.");
        }

        var megabytes = ((BinaryPrimitives.ReadUInt16LittleEndian(head) >> 4) & 0xFF) + 1;
        CheckPpmd(megabytes * 1024L * 1024);
        return PpmdStream.Create(new PpmdProperties(head), input, false);
    }

    public static void CheckWindow(long bytes)
    {
        if (bytes > MaxWindowBytes)
        {
            throw new ContainerException(ScanCode.DecContainerUnknownAlgorithm, "The dictionary is too large.");
        }
    }

    public static void CheckPpmd(long bytes)
    {
        if (bytes > MaxPpmdBytes)
        {
            throw new ContainerException(ScanCode.DecContainerUnknownAlgorithm, "The PPMd model is too large.");
        }
    }

    // The first block's header tells: tools write the same filters for every block of a stream.
    private static void CheckXzDictionary(Stream input)
    {
        var start = input.Position;
        input.Position = start + XzStreamHeaderBytes;
        var size = input.ReadByte();
        if (size > 0)
        {
            var header = new byte[(size * 4) + 3];
            header = header[..input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
            for (var i = 1; i + 2 < header.Length; i++)
            {
                if (header[i] == Lzma2Filter && header[i + 1] == 1 && (header[i + 2] & 0x3F) <= 40)
                {
                    CheckWindow(DictionaryBytes(header[i + 2] & 0x3F));
                    break;
                }
            }
        }

        input.Position = start;
    }

    /// <summary>The size that LZMA2's property byte stands for: 4 KiB, 6 KiB, 8 KiB, 12 KiB … 4 GiB - 1.</summary>
    public static long DictionaryBytes(int bits) =>
        bits >= 40 ? uint.MaxValue : (2L | (uint)(bits & 1)) << ((bits / 2) + 11);
}
