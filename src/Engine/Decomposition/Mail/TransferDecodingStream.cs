using System.Buffers;
using Engine.Decomposition.Archives;
using Engine.Objects;
using MimeKit;
using MimeKit.Encodings;

namespace Engine.Decomposition.Mail;

/// <summary>The content of a part behind its transfer encoding.</summary>
internal sealed class TransferDecodingStream : DecodingStream
{
    private const int StepBytes = 16 * 1024;

    private readonly ContentStream _input;
    private readonly IMimeDecoder _decoder;
    private readonly byte[] _encoded = ArrayPool<byte>.Shared.Rent(StepBytes);
    private readonly byte[] _decoded;
    private int _start;
    private int _count;
    private bool _isDisposed;

    public TransferDecodingStream(ContentStream input, ContentEncoding encoding)
    {
        _input = input;
        _decoder = encoding switch
        {
            ContentEncoding.Base64 => new Base64Decoder(),
            ContentEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
            _ => new UUDecoder(),
        };
        _decoded = ArrayPool<byte>.Shared.Rent(_decoder.EstimateOutputLength(StepBytes));
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_count == 0)
        {
            var read = _input.Read(_encoded, 0, StepBytes);
            if (read == 0)
            {
                return 0;
            }

            _start = 0;
            _count = _decoder.Decode(_encoded, 0, read, _decoded);
        }

        var part = Math.Min(count, _count);
        _decoded.AsSpan(_start, part).CopyTo(buffer.AsSpan(offset));
        _start += part;
        _count -= part;
        return part;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _input.Dispose();
            ArrayPool<byte>.Shared.Return(_encoded);
            ArrayPool<byte>.Shared.Return(_decoded);
        }

        base.Dispose(disposing);
    }
}
