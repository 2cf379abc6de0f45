using System.Diagnostics.CodeAnalysis;

namespace Engine.Decomposition;

/// <summary>
/// The border around a third-party decoder: whatever it throws for hostile bytes comes out as
/// <see cref="ContainerException"/>. A decoder that dies in the middle of a read has often written part of the answer
/// already; those bytes are handed out before the fault is (decomposer.md §2, rule 5).
/// </summary>
internal sealed class CodecStream(Stream decoder, ScanCode damage) : Stream
{
    // Written over the caller's buffer first: what differs afterwards was produced before the decoder failed.
    private const byte Untouched = 0xA7;

    private ContainerException? _fault;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border of a third-party decoder; every fault becomes a code.")]
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_fault is not null)
        {
            throw _fault;
        }

        if (count == 0)
        {
            return 0;
        }

        var target = buffer.AsSpan(offset, count);
        target.Fill(Untouched);
        try
        {
            return decoder.Read(buffer, offset, count);
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the scan from the decoders of SharpCompress and of the base library.
            _fault = CodecFaults.Translate(e, damage, isWhole: false);
            var produced = target.LastIndexOfAnyExcept(Untouched) + 1;
            return produced > 0 ? produced : throw _fault;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    [SuppressMessage("Design", "CA1031", Justification = "Closing a decoder that failed may fail again; the fault is known already.")]
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                decoder.Dispose();
            }
            catch (Exception e) when (!CodecFaults.IsOurs(e))
            {
                // The bytes are read by now, or a fault was reported: nothing is lost that a code should tell.
            }
        }

        base.Dispose(disposing);
    }
}
