using System.Buffers;
using System.Runtime.CompilerServices;
using Engine.Decomposition;
using Engine.Objects;

namespace Engine.Normalisation;

/// <summary>
/// Collects one normalised copy: in pooled memory under the scan's allowance, in a scratch file beyond it. Bytes above
/// the copy's limit are dropped and <see cref="IsCut"/> says so. Not thread-safe.
/// </summary>
internal sealed class CopyWriter : IDisposable
{
    /// <summary>Most bytes that <see cref="GetSpan"/> can be asked for.</summary>
    public const int MaxSpan = 8192;

    private const int StageBytes = 32 * 1024;

    private readonly ContentSpool _spool;
    private byte[] _stage = [];
    private int _staged;

    // Bytes of the stage that may be used: its length, or what the limit leaves.
    private int _usable;

    // Bytes that the limit leaves from the start of the stage on.
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (_staged < _usable || HasRoom())
        {
            _stage[_staged++] = value;
            Last = value;
        }
    }

    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && (_staged < _usable || HasRoom()))
        {
            var count = Math.Min(bytes.Length, _usable - _staged);
            bytes[..count].CopyTo(_stage.AsSpan(_staged));
            _staged += count;
            Last = bytes[count - 1];
            bytes = bytes[count..];
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

    /// <summary>
    /// Where bytes can be written in place before <see cref="Advance"/> counts them; longer than asked for, and past the
    /// limit of the copy. Valid until the next call of anything else.
    /// </summary>
    /// <param name="least">Bytes wanted, at most <see cref="MaxSpan"/>.</param>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public Span<byte> GetSpan(int least)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, MaxSpan);
        if (_stage.Length - _staged < least)
        {
            Flush();
        }

        return _stage.AsSpan(_staged);
    }

    /// <summary>Takes the first bytes of what <see cref="GetSpan"/> gave.</summary>
    public void Advance(int count)
    {
        var kept = Math.Min(count, _usable - _staged);
        IsCut |= kept < count;
        if (kept > 0)
        {
            _staged += kept;
            Last = _stage[_staged - 1];
        }
    }

    /// <summary>Hands the copy over; the caller disposes it.</summary>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public ObjectContent Complete()
    {
        _spool.TryWrite(_stage.AsSpan(0, _staged));
        _room -= _staged;
        (_staged, _usable) = (0, 0);
        return _spool.Complete();
    }

    public void Dispose()
    {
        if (_stage.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_stage);
            (_stage, _staged, _usable) = ([], 0, 0);
        }

        _spool.Dispose();
    }

    /// <summary>Makes room for a byte; false, and the copy is cut, when its limit is reached.</summary>
    private bool HasRoom()
    {
        if (_staged >= _room)
        {
            IsCut = true;
            return false;
        }

        Flush();
        return true;
    }

    private void Flush()
    {
        _spool.TryWrite(_stage.AsSpan(0, _staged));
        _room -= _staged;
        _staged = 0;
        if (_stage.Length == 0)
        {
            _stage = ArrayPool<byte>.Shared.Rent(StageBytes);
        }

        _usable = (int)Math.Min(_stage.Length, _room);
    }
}
