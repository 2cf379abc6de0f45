using System.IO.Compression;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// Walks the archive in a container once, member by member: gunzips where the body starts with <c>1f 8b</c>, and counts
/// every byte against the limits (clamav-formats.md §1.3).
/// </summary>
internal sealed class ContainerArchive : IDisposable
{
    private readonly Stream _body;
    private readonly ContainerLimits _limits;
    private readonly bool _ownsBody;
    private long _bytes;
    private int _members;
    private long _contentLeft;
    private int _paddingLeft;

    /// <param name="container">Seekable; not owned. The position is moved.</param>
    /// <param name="limits">Of the walk.</param>
    public ContainerArchive(Stream container, ContainerLimits limits)
    {
        _limits = limits;
        container.Position = ContainerHeader.Size;
        Span<byte> magic = stackalloc byte[2];
        var isPacked = container.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        container.Position = ContainerHeader.Size;
        _body = isPacked ? new GZipStream(container, CompressionMode.Decompress, leaveOpen: true) : container;
        _ownsBody = isPacked;
    }

    /// <summary>Moves to the next member, passing over what was not read of the current one.</summary>
    /// <returns>False at the end: of the stream, or a block of zeros as other tar writers append it.</returns>
    public bool TryNext(out MemberHeader member)
    {
        Skip();
        member = default;
        Span<byte> block = stackalloc byte[MemberHeader.BlockSize];
        var read = ReadUpTo(block);
        if (read == 0 || (read == block.Length && !block.ContainsAnyExcept((byte)0)))
        {
            return false;
        }

        if (read < block.Length)
        {
            throw ContainerFault.Malformed($"The archive ends inside the header of a member.");
        }

        if (++_members > _limits.MaxMembers)
        {
            throw ContainerFault.Of(RefusalReason.PackageLimit, $"The archive has more than {_limits.MaxMembers} members.");
        }

        member = MemberHeader.Parse(block);
        _contentLeft = member.Size;
        _paddingLeft = MemberHeader.Padding(member.Size);
        return true;
    }

    /// <summary>Reads on in the current member.</summary>
    /// <returns>0 at its end.</returns>
    public int Read(Span<byte> buffer)
    {
        var part = buffer[..(int)Math.Min(buffer.Length, _contentLeft)];
        var read = ReadUpTo(part);
        if (read < part.Length)
        {
            throw ContainerFault.Malformed($"The archive ends inside a member.");
        }

        _contentLeft -= read;
        return read;
    }

    public void Dispose()
    {
        if (_ownsBody)
        {
            _body.Dispose();
        }
    }

    private void Skip()
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (_contentLeft > 0)
        {
            Read(buffer);
        }

        // The last padding may be missing; the reference engine does not mind.
        ReadUpTo(buffer[.._paddingLeft]);
        _paddingLeft = 0;
    }

    private int ReadUpTo(Span<byte> buffer)
    {
        try
        {
            var read = _body.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            _bytes += read;
            return _bytes <= _limits.MaxUnpackedBytes
                ? read
                : throw ContainerFault.Of(RefusalReason.PackageLimit, $"The archive unpacks to more than {_limits.MaxUnpackedBytes} bytes.");
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(RefusalReason.DatabaseMalformed, "The body of the container is no gzip stream.", e);
        }
    }
}
