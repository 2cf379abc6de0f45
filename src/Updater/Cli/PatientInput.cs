namespace Updater.Cli;

/// <summary>
/// Standard input whose reads can be given up: a read of a pipe or terminal ends only with data, so a thread waits for
/// it and is left behind when the command ends first.
/// </summary>
internal sealed class PatientInput : Stream
{
    private readonly Stream _inner = Console.OpenStandardInput();
    private readonly byte[] _buffer = new byte[81_920];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="OperationCanceledException">The read was given up; nothing may be read afterwards.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = Math.Min(buffer.Length, _buffer.Length);
#pragma warning disable MA0042 // An asynchronous read of a console stream is a synchronous one that nobody can leave.
        var read = await Task.Run(() => _inner.Read(_buffer, 0, wanted), CancellationToken.None).WaitAsync(cancellationToken);
#pragma warning restore MA0042
        _buffer.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
