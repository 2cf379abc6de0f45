using System.Diagnostics.CodeAnalysis;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// One compressed file as its content: the streams that follow each other in it, joined. Ends at the first byte that
/// starts no further stream; <see cref="IsComplete"/> and <see cref="Input"/> tell what is left.
/// </summary>
internal abstract class ConcatenatedStream(ContentStream input) : DecodingStream
{
    private Stream? _decoder;
    private bool _isEnded;

    /// <summary>The compressed file.</summary>
    public ContentStream Input { get; } = input;

    /// <summary>True when every stream was decoded to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Where the stream that is being decoded starts; after a fault the search for another goes on behind it.</summary>
    public long StreamStart { get; private set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (!_isEnded && count > 0)
        {
            if (_decoder is null && !Advance())
            {
                break;
            }

            var read = _decoder!.Read(buffer, offset, count);
            if (read > 0)
            {
                OnDecoded(buffer.AsSpan(offset, read));
                return read;
            }

            _decoder.Dispose();
            _decoder = null;
            Finish();
        }

        return 0;
    }

    /// <summary>Opens the stream at the input's position, or returns null when there is none.</summary>
    /// <exception cref="ContainerException">A stream starts here but its header is damaged or not supported.</exception>
    protected abstract Stream? OpenNext();

    /// <summary>Bytes that the current stream gave.</summary>
    protected virtual void OnDecoded(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>The current stream's decoder has ended; leaves the input behind the stream.</summary>
    /// <exception cref="ContainerException">The end is not where and what it should be.</exception>
    protected virtual void Finish()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
            Input.Dispose();
        }

        base.Dispose(disposing);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border of third-party decoders; every fault becomes a code.")]
    private bool Advance()
    {
        StreamStart = Input.Position;
        try
        {
            if (OpenNext() is { } decoder)
            {
                _decoder = new CodecStream(decoder, ScanCode.DecMalformedContainerDetected);
                return true;
            }
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the walk from decoders that read and judge the first bytes when they are made.
            throw CodecFaults.Translate(e, ScanCode.DecMalformedContainerDetected, isWhole: false);
        }

        Input.Position = StreamStart;
        _isEnded = true;
        IsComplete = true;
        return false;
    }
}
