using System.IO.Compression;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Decompresses a script and refuses it where its length is not the announced one.</summary>
internal sealed class ScriptStream(byte[] packed, long announcedBytes) : Stream
{
    private readonly GZipStream _script = new(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = _script.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(RefusalReason.PatchMalformed, "The patch holds no gzip stream.", e);
        }

        _read += read;
        return _read > announcedBytes || (read == 0 && _read < announcedBytes)
            ? throw PatchFault.Malformed($"The patch's script does not have the {announcedBytes} bytes that its header says.")
            : read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _script.Dispose();
        }

        base.Dispose(disposing);
    }
}
