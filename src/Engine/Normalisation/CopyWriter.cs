using Engine.Decomposition;
using Engine.Objects;

namespace Engine.Normalisation;

/// <summary>
/// Collects one normalised copy: in pooled memory under the scan's allowance, in a scratch file beyond it. Bytes above
/// the copy's limit are dropped and <see cref="IsCut"/> says so. Not thread-safe.
/// </summary>
internal sealed class CopyWriter : IDisposable
{
    private const int StageBytes = 8192;

    private readonly ContentSpool _spool;
    private readonly byte[] _stage = new byte[StageBytes];
    private int _staged;
    private long _room;

    /// <param name="maxBytes">The most it keeps.</param>
    public CopyWriter(long maxBytes, ScanProfile profile, Budget budget, ScratchFolder scratch)
    {
        _room = maxBytes;
        _spool = new ContentSpool(maxBytes, profile.SpillBytes, scratch, budget.Memory);
    }

    /// <summary>True when bytes were dropped.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The byte written last; -1 before the first.</summary>
    public int Last { get; private set; } = -1;

    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public void Write(byte value)
    {
        if (_room == 0)
        {
            IsCut = true;
            return;
        }

        if (_staged == StageBytes)
        {
            Flush();
        }

        _stage[_staged++] = value;
        _room--;
        Last = value;
    }

    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            Write(value);
        }
    }

    /// <summary>Writes without counting as what was written last.</summary>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public void WriteUnseen(ReadOnlySpan<byte> bytes)
    {
        var last = Last;
        Write(bytes);
        Last = last;
    }

    /// <summary>A blank, unless the copy ends in one already.</summary>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public void WriteBlank()
    {
        if (Last != ' ')
        {
            Write((byte)' ');
        }
    }

    /// <summary>Hands the copy over; the caller disposes it.</summary>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public ObjectContent Complete()
    {
        Flush();
        return _spool.Complete();
    }

    public void Dispose() => _spool.Dispose();

    private void Flush()
    {
        _spool.TryWrite(_stage.AsSpan(0, _staged));
        _staged = 0;
    }
}
