using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Matching;

/// <summary>
/// Searches the key of a part: its rarest two neighbouring bytes are compared in vectors, the rest where both are there.
/// What that costs is told, as the budget has to know (<see cref="WorkBudget"/>): content made to look like the key at
/// every byte costs far more than other content.
/// </summary>
internal readonly ref struct KeySearch
{
    /// <summary>Bytes that vectors go through in the time of one unit.</summary>
    private const int BytesPerUnit = 16;

    /// <summary>Units of comparing the rest of a key.</summary>
    private const int UnitsPerCandidate = 4;

    private readonly ReadOnlySpan<byte> _key;
    private readonly bool _isFolded;
    private readonly int _probe;

    /// <param name="key">Two bytes and more.</param>
    /// <param name="isFolded">Letters of the key stand for either case.</param>
    public KeySearch(ReadOnlySpan<byte> key, bool isFolded)
    {
        _key = key;
        _isFolded = isFolded;
        var best = float.NegativeInfinity;
        for (var i = 0; i + 1 < key.Length; i++)
        {
            var bits = GramModel.Shipped.Bits(key.Slice(i, 2));
            (_probe, best) = bits > best ? (i, bits) : (_probe, best);
        }
    }

    /// <summary>The first place of the key, or -1.</summary>
    /// <param name="work">Units of work.</param>
    public int IndexOf(ReadOnlySpan<byte> bytes, out long work)
    {
        var places = bytes.Length - _key.Length + 1;
        work = 1;
        return Vector128.IsHardwareAccelerated && places >= Vector256<byte>.Count
            ? InVectors(bytes, places, ref work)
            : OneByOne(bytes, places, ref work);
    }

    private int InVectors(ReadOnlySpan<byte> bytes, int places, ref long work)
    {
        var (first, second) = (_key[_probe], _key[_probe + 1]);
        var (foldFirst, foldSecond) = (Vector256.Create(FoldOf(first)), Vector256.Create(FoldOf(second)));
        var (wantedFirst, wantedSecond) = (Vector256.Create(first) | foldFirst, Vector256.Create(second) | foldSecond);
        ref var start = ref MemoryMarshal.GetReference(bytes[_probe..]);
        for (var at = 0; at < places; at += Vector256<byte>.Count)
        {
            // The last vector covers some places a second time.
            at = Math.Min(at, places - Vector256<byte>.Count);
            var met = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at) | foldFirst, wantedFirst)
                & Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at + 1) | foldSecond, wantedSecond);
            for (var bits = met.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                var place = at + BitOperations.TrailingZeroCount(bits);
                work += UnitsPerCandidate;
                if (IsAt(bytes, place))
                {
                    work += place / BytesPerUnit;
                    return place;
                }
            }
        }

        work += places / BytesPerUnit;
        return -1;
    }

    private int OneByOne(ReadOnlySpan<byte> bytes, int places, ref long work)
    {
        for (var at = 0; at < places; at++)
        {
            work++;
            if (IsAt(bytes, at))
            {
                return at;
            }
        }

        return -1;
    }

    private byte FoldOf(byte value) => _isFolded && char.IsAsciiLetter((char)value) ? (byte)0x20 : (byte)0;

    private bool IsAt(ReadOnlySpan<byte> bytes, int place)
    {
        var there = bytes.Slice(place, _key.Length);
        if (!_isFolded)
        {
            return there.SequenceEqual(_key);
        }

        for (var i = 0; i < _key.Length; i++)
        {
            var fold = FoldOf(_key[i]);
            if ((there[i] | fold) != (_key[i] | fold))
            {
                return false;
            }
        }

        return true;
    }
}
