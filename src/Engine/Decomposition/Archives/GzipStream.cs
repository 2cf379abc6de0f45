using System.Buffers.Binary;
using System.IO.Compression;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// The members of a gzip file (RFC 1952), joined. The header is read here: the base library's reader refuses files
/// over a reserved flag or a wrong checksum and hands nothing over (decomposer.md §8).
/// </summary>
internal sealed class GzipStream(ContentStream input) : ConcatenatedStream(input)
{
    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;

    // The inflater reads ahead by at most its buffer, so the trailer lies in the last 8 KiB that it took, or just behind.
    private const int InflaterBuffer = 8192;

    private const int HasHeaderCrc = 0x02;
    private const int HasExtra = 0x04;
    private const int HasName = 0x08;
    private const int HasComment = 0x10;

    private Crc32 _crc;
    private uint _length;
    private long _dataStart;
    private long _lastProductive;

    /// <summary>The name field of the first header; null when there is none.</summary>
    public static string? ReadName(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeaderBytes || (head[3] & HasName) == 0)
        {
            return null;
        }

        var flags = head[3];
        head = head[HeaderBytes..];
        if ((flags & HasExtra) != 0)
        {
            var skip = head.Length < 2 ? head.Length : 2 + BinaryPrimitives.ReadUInt16LittleEndian(head);
            head = head[Math.Min(skip, head.Length)..];
        }

        var end = head.IndexOf((byte)0);
        return end <= 0 ? null : System.Text.Encoding.Latin1.GetString(head[..end]);
    }

    protected override Stream? OpenNext()
    {
        var start = Input.Position;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (Input.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < 2 || header[0] != 0x1F || header[1] != 0x8B)
        {
            return null;
        }

        if (Input.Position - start < HeaderBytes)
        {
            throw new ContainerException(ScanCode.DecMalformedContainerDetected, "A gzip header is cut.");
        }

        if (header[2] != 8)
        {
            throw new ContainerException(ScanCode.DecContainerUnknownAlgorithm, "A gzip member is not deflated.");
        }

        SkipOptionalFields(header[3]);
        _crc = default;
        _length = 0;
        _dataStart = _lastProductive = Input.Position;
        return new DeflateStream(Input, CompressionMode.Decompress, leaveOpen: true);
    }

    protected override void OnDecoded(ReadOnlySpan<byte> bytes)
    {
        _crc.Append(bytes);
        _length += (uint)bytes.Length;
        _lastProductive = Input.Position;
    }

    /// <summary>Finds the trailer by what it must hold: checksum and length of the bytes that came out.</summary>
    protected override void Finish()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);

        var from = Math.Max(_dataStart, _lastProductive - InflaterBuffer);
        var area = new byte[Math.Min(Input.Position + TrailerBytes, Input.Length) - from];
        Input.Position = from;
        Input.ReadExactly(area);
        var at = FindTrailer(area, trailer);
        if (at < 0)
        {
            throw new ContainerException(ScanCode.DecMalformedContainerDetected, "A gzip member is cut or its checksum is wrong.");
        }

        Input.Position = from + at + TrailerBytes;
    }

    // The trailer of an empty member is eight zeros, and zeros may stand before it: the place that is followed by the end
    // of the file or by another member is preferred to the first.
    private static int FindTrailer(ReadOnlySpan<byte> area, ReadOnlySpan<byte> trailer)
    {
        var first = area.IndexOf(trailer);
        for (var at = first; at >= 0;)
        {
            var rest = area[(at + TrailerBytes)..];
            if (rest.IsEmpty || rest.StartsWith<byte>([0x1F, 0x8B]))
            {
                return at;
            }

            var next = area[(at + 1)..].IndexOf(trailer);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return first;
    }

    private void SkipOptionalFields(int flags)
    {
        if ((flags & HasExtra) != 0)
        {
            var length = Input.ReadByte() | (Input.ReadByte() << 8);
            Input.Position += Math.Max(0, length);
        }

        for (var texts = ((flags & HasName) != 0 ? 1 : 0) + ((flags & HasComment) != 0 ? 1 : 0); texts > 0; texts--)
        {
            int value;
            do
            {
                value = Input.ReadByte();
            }
            while (value > 0);
        }

        if ((flags & HasHeaderCrc) != 0)
        {
            Input.Position += 2;
        }

        // The lengths above are claims.
        Input.Position = Math.Min(Input.Position, Input.Length);
    }
}
