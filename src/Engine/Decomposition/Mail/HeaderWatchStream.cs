using Engine.Decomposition.Archives;
using Engine.Objects;

namespace Engine.Decomposition.Mail;

/// <summary>
/// Keeps one header field from growing without bound in MimeKit, whose buffer is quadratic in it (8 MB take six seconds,
/// decomposer.md §9.1). The parser reports each field and each piece of content when it is done with it, so input that
/// it takes without a report belongs to one unfinished field.
/// </summary>
internal sealed class HeaderWatchStream(ContentStream inner, int maxHeaderBytes) : DecodingStream
{
    /// <summary>Longest field, folded lines included.</summary>
    public const int MaxFieldBytes = 64 * 1024;

    // What the parser reads ahead into its own buffer.
    private const int ReadAhead = 16 * 1024;

    private readonly long _max = Math.Min(MaxFieldBytes, maxHeaderBytes) + ReadAhead;
    private long _unreported;

    public override bool CanSeek => true;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>The parser is done with what it read.</summary>
    public void Progress() => _unreported = 0;

    /// <exception cref="ContainerException">A field is too long.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        _unreported += read;
        return _unreported <= _max
            ? read
            : throw new ContainerException(ScanCode.DecMimeParsingFailed, "A header field is over its limit.");
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
