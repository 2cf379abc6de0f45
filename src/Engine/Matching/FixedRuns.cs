using Engine.Images;

namespace Engine.Matching;

/// <summary>Collects the fixed runs of a pattern, byte by byte.</summary>
internal sealed class FixedRuns(ByteArena arena)
{
    private readonly List<FixedRun> _found = [];
    private byte[] _bytes = new byte[64];
    private byte[] _folded = new byte[64];
    private int _length;
    private (int Part, int Min, int Max) _start;

    /// <summary>Runs of two bytes and more.</summary>
    public List<FixedRun> Found => _found;

    public void Clear()
    {
        _found.Clear();
        _length = 0;
    }

    /// <param name="min">Least bytes from the core's start, of this byte.</param>
    public void Add(byte value, bool isFolded, int part, int min, int max)
    {
        if (_length == 0)
        {
            _start = (part, min, max);
        }
        else if (_length == _bytes.Length)
        {
            Array.Resize(ref _bytes, _length * 2);
            Array.Resize(ref _folded, _length * 2);
        }

        _bytes[_length] = value;
        _folded[_length++] = isFolded ? (byte)1 : (byte)0;
    }

    /// <summary>What follows belongs to another run.</summary>
    public void End()
    {
        if (_length >= 2)
        {
            _found.Add(new FixedRun(
                _start.Part, _start.Min, _start.Max, arena.Copy(_bytes.AsSpan(0, _length)), arena.Copy(_folded.AsSpan(0, _length))));
        }

        _length = 0;
    }
}
