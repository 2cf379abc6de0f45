using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Engine.Normalisation;

/// <summary>
/// Numbers the names of one script in the order in which they are first met. A name is where its bytes lie in the pool, so
/// none needs memory of its own. Hashes depend on a secret of the process: names that were made to collide do not.
/// </summary>
internal sealed class ScriptNames(ByteAppender pool)
{
    private const int FirstSlots = 64;

    /// <summary>A table that one large script made is given up for the next.</summary>
    private const int MaxKeptSlots = 1 << 14;

    private static readonly ulong _secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly List<ScriptToken> _names = [];

    // One more than the number of the name; 0 = free. A power of two, at most half full.
    private int[] _slots = new int[FirstSlots];

    public void Clear()
    {
        _names.Clear();
        if (_slots.Length > MaxKeptSlots)
        {
            _slots = new int[FirstSlots];
        }
        else
        {
            Array.Clear(_slots);
        }
    }

    public int NumberOf(ScriptToken name)
    {
        ref var slot = ref Find(name);
        if (slot != 0)
        {
            return slot - 1;
        }

        _names.Add(name);
        slot = _names.Count;
        if (_names.Count * 2 > _slots.Length)
        {
            _slots = new int[_slots.Length * 2];
            for (var i = 0; i < _names.Count; i++)
            {
                Find(_names[i]) = i + 1;
            }
        }

        return _names.Count - 1;
    }

    /// <summary>The slot of the name, or the free one where it goes.</summary>
    private ref int Find(ScriptToken name)
    {
        var bytes = pool.Written;
        var text = bytes.Slice(name.Start, name.Length);
        var mask = _slots.Length - 1;
        for (var at = (int)Hash(text) & mask; ; at = (at + 1) & mask)
        {
            if (_slots[at] == 0 || _names[_slots[at] - 1].Is(bytes, text))
            {
                return ref _slots[at];
            }
        }
    }

    /// <summary>Products of 128 bits folded to 64, eight bytes at a time.</summary>
    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        var hash = _secret ^ (ulong)text.Length;
        for (; text.Length > 8; text = text[8..])
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        }

        ulong last = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            last = (last << 8) | text[i];
        }

        return Fold(hash ^ last);
    }

    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, _secret, out var low);
        return high ^ low;
    }
}
