using Engine.Objects;

namespace Engine.Executables;

/// <summary>
/// Reads headers of one file through <see cref="ObjectContent.Peek"/>, a piece at a time, under an allowance of bytes
/// and steps for the whole file: what a header claims decides neither memory nor time.
/// </summary>
internal sealed class HeaderBytes(ObjectContent content)
{
    /// <summary>Bytes that all reads of one file may ask for together.</summary>
    public const long MaxBytes = 16 << 20;

    /// <summary>Table entries that all look-ups of one file may pass together.</summary>
    public const long MaxSteps = 20_000_000;

    private long _bytes = MaxBytes;
    private long _steps = MaxSteps;

    /// <summary>Bytes in the file.</summary>
    public long Length => content.Length;

    /// <summary>
    /// Exactly <paramref name="count"/> bytes, valid until the next call; false when they leave the file or the
    /// allowance is used up.
    /// </summary>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public bool TryRead(long offset, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return offset >= 0 && offset <= Length - count
            && (count == 0 || (TryReadSome(offset, count, out bytes) && bytes.Length == count));
    }

    /// <summary>The same, but fewer at the end of the file; false when there is none.</summary>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public bool TryReadSome(long offset, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (offset < 0 || offset >= Length || count > _bytes)
        {
            return false;
        }

        _bytes -= count;
        bytes = content.Peek(offset, count);
        return !bytes.IsEmpty;
    }

    /// <summary>False when so many more table entries may not be passed.</summary>
    public bool TrySpend(long steps)
    {
        _steps -= steps;
        return _steps >= 0;
    }
}
