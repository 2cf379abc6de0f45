using System.Numerics;

namespace Engine.Matching;

/// <summary>
/// The bits of the pieces of one run (<see cref="GramModel"/>), all pieces of a length at once: compiling a large set
/// weighs hundreds of millions of windows. Used by one thread; holds one run at a time.
/// </summary>
internal sealed class RunRarity
{
    private float[] _threes = new float[256];
    private float[] _sums = new float[256];
    private float[] _grams = new float[256];
    private float[] _windows = new float[256];
    private int _length;

    /// <summary>Takes another run.</summary>
    /// <param name="run">Two bytes and more.</param>
    public void Load(ReadOnlySpan<byte> run)
    {
        if (_sums.Length < run.Length)
        {
            _threes = new float[run.Length * 2];
            _sums = new float[run.Length * 2];
            _grams = new float[run.Length * 2];
            _windows = new float[run.Length * 2];
        }

        _length = run.Length;
        GramModel.Shipped.Measure(run, _threes, _sums);
    }

    /// <summary>Bits of one piece.</summary>
    /// <param name="count">Three or more.</param>
    public float Bits(int start, int count) => _threes[start] + _sums[start + count - 1] - _sums[start + 2];

    /// <summary>Bits of the piece that begins at each place.</summary>
    /// <param name="run">The run that was loaded.</param>
    /// <param name="count">Two or more; not more than the run has.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Pieces(ReadOnlySpan<byte> run, int count)
    {
        var places = _length - count + 1;
        if (count == 2)
        {
            for (var i = 0; i < places; i++)
            {
                _grams[i] = GramModel.Shipped.Bits(run.Slice(i, 2));
            }
        }
        else
        {
            var first = _sums.AsSpan(2, places);
            var last = _sums.AsSpan(count - 1, places);
            var at = 0;
            for (; at + Vector<float>.Count <= places; at += Vector<float>.Count)
            {
                var bits = new Vector<float>(_threes.AsSpan(at)) + new Vector<float>(last[at..]) - new Vector<float>(first[at..]);
                bits.CopyTo(_grams.AsSpan(at));
            }

            for (; at < places; at++)
            {
                _grams[at] = _threes[at] + last[at] - first[at];
            }
        }

        return _grams.AsSpan(0, places);
    }

    /// <summary>Bits of the commonest piece inside the window that begins at each place.</summary>
    /// <param name="run">The run that was loaded.</param>
    /// <param name="window">Bytes of a window; not more than the run has.</param>
    /// <param name="piece">Bytes of a piece, two or more.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Windows(ReadOnlySpan<byte> run, int window, int piece)
    {
        var pieces = Pieces(run, piece);
        var places = _length - window + 1;
        var windows = _windows.AsSpan(0, places);
        var at = 0;
        for (; at + Vector<float>.Count <= places; at += Vector<float>.Count)
        {
            var lowest = new Vector<float>(pieces[at..]);
            for (var i = 1; i <= window - piece; i++)
            {
                lowest = Vector.Min(lowest, new Vector<float>(pieces[(at + i)..]));
            }

            lowest.CopyTo(windows[at..]);
        }

        for (; at < places; at++)
        {
            var lowest = pieces[at];
            foreach (var bits in pieces.Slice(at, window - piece + 1))
            {
                lowest = Math.Min(lowest, bits);
            }

            windows[at] = lowest;
        }

        return windows;
    }
}
