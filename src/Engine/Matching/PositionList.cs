namespace Engine.Matching;

/// <summary>Offsets in an object, kept sorted and distinct on request; its memory is reused.</summary>
internal sealed class PositionList
{
    private long[] _positions = new long[16];

    public int Count { get; private set; }

    public ReadOnlySpan<long> Span => _positions.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(long position)
    {
        if (Count == _positions.Length)
        {
            Array.Resize(ref _positions, Count * 2);
        }

        _positions[Count++] = position;
    }

    /// <summary>Clears it, and lets go of memory beyond so many positions.</summary>
    public void Clear(int keep)
    {
        Count = 0;
        if (_positions.Length > keep)
        {
            _positions = new long[16];
        }
    }

    public void Sort() => _positions.AsSpan(0, Count).Sort();

    public void SortDistinct()
    {
        var all = _positions.AsSpan(0, Count);
        all.Sort();
        var kept = 0;
        for (var i = 0; i < all.Length; i++)
        {
            if (kept == 0 || all[kept - 1] != all[i])
            {
                all[kept++] = all[i];
            }
        }

        Count = kept;
    }
}
