namespace Engine.Images;

/// <summary>Numbers by keys that are as good as random; about 28 bytes an entry.</summary>
internal sealed class KeyTable
{
    private readonly ChunkedList<UInt128> _keys = new();
    private readonly ChunkedList<uint> _values = new();

    /// <summary>Index + 1 of an entry, 0 = free; a power of two, at most half full.</summary>
    private uint[] _slots = new uint[64];

    /// <summary>False when the key is there already: then its number is the one that it was added with.</summary>
    public bool TryAdd(UInt128 key, uint number, out uint known)
    {
        ref var slot = ref Find(key);
        if (slot != 0)
        {
            known = _values[(int)slot - 1];
            return false;
        }

        _keys.Add(key);
        _values.Add(number);
        slot = (uint)_keys.Count;
        known = number;
        if (_keys.Count > _slots.Length / 2)
        {
            Grow();
        }

        return true;
    }

    private ref uint Find(UInt128 key)
    {
        var mask = _slots.Length - 1;
        for (var at = (int)(ulong)key & mask; ; at = (at + 1) & mask)
        {
            if (_slots[at] == 0 || _keys[(int)_slots[at] - 1] == key)
            {
                return ref _slots[at];
            }
        }
    }

    private void Grow()
    {
        _slots = new uint[_slots.Length * 2];
        for (var i = 0; i < _keys.Count; i++)
        {
            Find(_keys[i]) = (uint)i + 1;
        }
    }
}
