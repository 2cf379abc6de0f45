namespace Updater.Cli;

/// <summary>Standard output could not be written: the caller has not got all results, whatever they were.</summary>
internal sealed class OutputException(Exception cause)
    : IOException($"standard output cannot be written: {cause.Message}", cause);

/// <summary>Standard output, with faults that name it.</summary>
internal sealed class ResultStream : Stream
{
    private readonly Stream _inner = Console.OpenStandardOutput();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Where results go, line by line.</summary>
#pragma warning disable CA2000 // Standard output is open as long as the process.
    public static TextWriter OpenWriter() =>
        TextWriter.Synchronized(new StreamWriter(new ResultStream()) { AutoFlush = true });
#pragma warning restore CA2000

    /// <exception cref="OutputException">It is full, gone or closed.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(e);
        }
    }

    public override void Flush() => _inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
