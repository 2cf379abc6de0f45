using System.Buffers.Binary;
using System.Security.Cryptography;
using Definitions;

namespace Engine.Images;

/// <summary>The first 4,096 bytes of an image (matcher-design.md §3.1).</summary>
internal sealed class ImageHeader
{
    /// <summary>Bytes in the file, header included.</summary>
    public required long FileLength { get; init; }

    public required long GenerationNumber { get; init; }

    public required Digest InputDigest { get; init; }

    /// <summary>Digest of what else decides the bytes: format, hash constants, anchor model.</summary>
    public required Digest OptionsDigest { get; init; }

    /// <summary>SHA-256 of the section <see cref="SectionKind.Leaves"/>.</summary>
    public required Digest LeafRoot { get; init; }

    public required int SectionCount { get; init; }

    /// <summary>SHA-256 of the section directory; in the area that the design leaves free.</summary>
    public required Digest DirectoryDigest { get; init; }

    public void WriteTo(Span<byte> header)
    {
        header[..ImageFormat.HeaderSize].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, ImageFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], ImageFormat.EndiannessMarker);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], ImageFormat.Major);
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], ImageFormat.Minor);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], GenerationNumber);
        InputDigest.CopyTo(header[32..]);
        OptionsDigest.CopyTo(header[64..]);
        LeafRoot.CopyTo(header[96..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[136..], SectionCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[140..], ImageFormat.HeaderSize);
        DirectoryDigest.CopyTo(header[184..]);
        SHA256.HashData(header[..ImageFormat.HeaderDigestOffset], header[ImageFormat.HeaderDigestOffset..]);
    }

    /// <param name="start">The start of the file, up to 4,096 bytes of it.</param>
    /// <param name="actualLength">Bytes the file has.</param>
    /// <exception cref="ImageException">The header is not one that this engine reads.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> start, long actualLength)
    {
        CheckFormat(start);
        if (start.Length < ImageFormat.HeaderSize)
        {
            throw new ImageException(ImageFault.Truncated, "The image is shorter than its header.");
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        SHA256.HashData(start[..ImageFormat.HeaderDigestOffset], digest);
        if (!digest.SequenceEqual(start[ImageFormat.HeaderDigestOffset..ImageFormat.HeaderSize]))
        {
            throw new ImageException(ImageFault.Damaged, "The image's header does not have its digest.");
        }

        var header = new ImageHeader
        {
            FileLength = BinaryPrimitives.ReadInt64LittleEndian(start[16..]),
            GenerationNumber = BinaryPrimitives.ReadInt64LittleEndian(start[24..]),
            InputDigest = new Digest(start.Slice(32, Digest.Size)),
            OptionsDigest = new Digest(start.Slice(64, Digest.Size)),
            LeafRoot = new Digest(start.Slice(96, Digest.Size)),
            SectionCount = BinaryPrimitives.ReadInt32LittleEndian(start[136..]),
            DirectoryDigest = new Digest(start.Slice(184, Digest.Size)),
        };
        if (actualLength < header.FileLength)
        {
            throw new ImageException(ImageFault.Truncated, $"The image has {actualLength} of {header.FileLength} bytes.");
        }

        var isKindBase = BinaryPrimitives.ReadInt32LittleEndian(start[144..]) == 0;
        if (actualLength > header.FileLength
            || !isKindBase
            || header.SectionCount is < 0 or > ImageFormat.MaxSections
            || BinaryPrimitives.ReadInt32LittleEndian(start[140..]) != ImageFormat.HeaderSize)
        {
            throw new ImageException(ImageFault.Damaged, "The image's header names a layout that cannot be.");
        }

        return header;
    }

    private static void CheckFormat(ReadOnlySpan<byte> start)
    {
        if (start.Length < 16 || BinaryPrimitives.ReadUInt64LittleEndian(start) != ImageFormat.Magic)
        {
            throw new ImageException(ImageFault.NotAnImage, "The file is not a compiled image.");
        }

        if (!BitConverter.IsLittleEndian || BinaryPrimitives.ReadUInt32LittleEndian(start[8..]) != ImageFormat.EndiannessMarker)
        {
            throw new ImageException(ImageFault.NotAnImage, "The image is of another byte order.");
        }

        var major = BinaryPrimitives.ReadUInt16LittleEndian(start[12..]);
        if (major != ImageFormat.Major)
        {
            throw new ImageException(
                major > ImageFormat.Major ? ImageFault.FormatTooNew : ImageFault.FormatTooOld,
                $"The image has format {major}; this engine reads {ImageFormat.Major}.");
        }
    }
}
