using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Runs a part's program from one start and yields every place where it can end. The places are a set of bits that
/// all instructions move together, so alternatives of different lengths cost their sum, never their product.
/// Working memory is kept from call to call.
/// </summary>
internal sealed class PartMatcher
{
    /// <summary>Bytes needed before and after a part: the set-off byte lies up to 33 bytes away (§3.6, <c>[n-m]</c>).</summary>
    public const int Context = 34;

    /// <summary>Words of working memory; only a damaged image asks for more.</summary>
    private const int MaxWords = 1 << 20;

    private ulong[] _words = new ulong[64];
    private int _top;
    private long _work;
    private Places _ends;

    /// <summary>Bytes compared and bits moved since this was asked for last, for the budget.</summary>
    public long TakeWork()
    {
        var work = _work;
        _work = 0;
        return work;
    }

    /// <param name="bytes">
    /// The surroundings: from <see cref="Context"/> bytes before the start (or the object's start) to as many after
    /// the longest match (or the object's end).
    /// </param>
    /// <returns>True when there is an end: see <see cref="FirstEnd"/> and <see cref="NextEnd"/>.</returns>
    public bool Match(in PartRecord part, ReadOnlySpan<byte> bytes, int start)
    {
        _work++;
        if ((part.Left != 0 && !BoundarySets.AllowsBefore(part.Left, bytes, start))
            || (part.HasLead && !HasLead(part, bytes, start)))
        {
            return false;
        }

        _top = 0;
        var code = new PartCode(part.Code);
        if (!StraightRun.Run(ref code, bytes, ref start, ref _work))
        {
            return false;
        }

        _ends = Take(start, spread: 0);
        _words[_ends.At] = 1;
        if (!Run(ref code, bytes, ref _ends, PartCode.MaxDepth))
        {
            return false;
        }

        return (part.Right == 0 && !part.HasTrail) || KeepEnds(part, bytes);
    }

    /// <summary>The lowest end as an index into the bytes given to <see cref="Match"/>.</summary>
    public int FirstEnd() => NextEnd(_ends.Base - 1);

    /// <summary>The lowest end above <paramref name="end"/>, or -1.</summary>
    public int NextEnd(int end)
    {
        var bit = NextBit(_ends, end - _ends.Base + 1);
        return bit < 0 ? -1 : _ends.Base + bit;
    }

    private static bool HasLead(in PartRecord part, ReadOnlySpan<byte> bytes, int start)
    {
        for (var at = start - 1 - part.LeadMin; at >= Math.Max(0, start - 1 - part.LeadMax); at--)
        {
            if (PartRecord.IsIn(part.LeadSet, bytes[at]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasTrail(in PartRecord part, ReadOnlySpan<byte> bytes, int end)
    {
        for (var at = end + part.TrailMin; at <= Math.Min(bytes.Length - 1, end + part.TrailMax); at++)
        {
            if (PartRecord.IsIn(part.TrailSet, bytes[at]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Drops the ends whose right side does not fit; true when any is left.</summary>
    private bool KeepEnds(in PartRecord part, ReadOnlySpan<byte> bytes)
    {
        var any = false;
        for (var bit = NextBit(_ends, 0); bit >= 0; bit = NextBit(_ends, bit + 1))
        {
            var end = _ends.Base + bit;
            var fits = (part.Right == 0 || BoundarySets.AllowsAfter(part.Right, bytes, end))
                && (!part.HasTrail || HasTrail(part, bytes, end));
            any |= fits;
            if (!fits)
            {
                Clear(_ends, bit);
            }
        }

        return any;
    }

    /// <summary>Moves the set through a program; false when it became empty.</summary>
    private bool Run(ref PartCode code, ReadOnlySpan<byte> bytes, ref Places places, int depth)
    {
        while (!code.AtEnd)
        {
            var any = code.Operation() switch
            {
                PartOperation.Literal => Literal(code.Bytes(code.Number()), bytes, ref places),
                PartOperation.Masked => Masked(ref code, bytes, ref places),
                PartOperation.Any => Any(code.Number(), bytes, ref places),
                PartOperation.Set => Set(code.Bytes(PartRecord.SetSize), bytes, ref places),
                PartOperation.Alternatives => Alternatives(ref code, bytes, ref places, depth),
                PartOperation.NoneOf => NoneOf(ref code, bytes, ref places, depth),
                PartOperation.NoLineEnd => NoLineEnd(bytes, ref places),
                _ => throw ImageException.Damaged("a program has an unknown instruction"),
            };
            if (!any)
            {
                return false;
            }
        }

        return true;
    }

    private bool Literal(ReadOnlySpan<byte> literal, ReadOnlySpan<byte> bytes, ref Places places)
    {
        var any = false;
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work += 1 + (literal.Length >> 4);
            var at = places.Base + bit;
            if (at <= bytes.Length - literal.Length && bytes.Slice(at, literal.Length).SequenceEqual(literal))
            {
                any = true;
            }
            else
            {
                Clear(places, bit);
            }
        }

        places.Base += literal.Length;
        return any;
    }

    private bool Masked(ref PartCode code, ReadOnlySpan<byte> bytes, ref Places places)
    {
        var count = (int)Math.Min(code.Number(), int.MaxValue);
        var values = code.Bytes(count);
        var masks = code.Bytes(count);
        var any = false;
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work += 1 + (count >> 2);
            var at = places.Base + bit;
            if (at <= bytes.Length - count && StraightRun.IsMasked(bytes[at..], values, masks))
            {
                any = true;
            }
            else
            {
                Clear(places, bit);
            }
        }

        places.Base += count;
        return any;
    }

    private bool Any(uint count, ReadOnlySpan<byte> bytes, ref Places places)
    {
        if (count > PartCode.MaxLength)
        {
            throw ImageException.Damaged("a program skips too far");
        }

        var any = false;
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            if (places.Base + bit <= bytes.Length - (int)count)
            {
                any = true;
            }
            else
            {
                Clear(places, bit);
            }
        }

        places.Base += (int)count;
        return any;
    }

    private bool Set(ReadOnlySpan<byte> set, ReadOnlySpan<byte> bytes, ref Places places)
    {
        var any = false;
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work++;
            var at = places.Base + bit;
            if (at < bytes.Length && PartRecord.IsIn(set, bytes[at]))
            {
                any = true;
            }
            else
            {
                Clear(places, bit);
            }
        }

        places.Base++;
        return any;
    }

    private bool NoLineEnd(ReadOnlySpan<byte> bytes, ref Places places)
    {
        var any = false;
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work++;
            var at = places.Base + bit;
            if (at < bytes.Length && !BoundarySets.StartsLineEnd(bytes, at))
            {
                any = true;
            }
            else
            {
                Clear(places, bit);
            }
        }

        places.Base++;
        return any;
    }

    private bool Alternatives(ref PartCode code, ReadOnlySpan<byte> bytes, ref Places places, int depth)
    {
        var shortest = code.Number();
        var longest = code.Number();
        var choices = code.Number();
        if (depth == 0 || shortest > longest || longest > PartCode.MaxLength)
        {
            throw ImageException.Damaged("a program has impossible alternatives");
        }

        var result = Take(places.Base + (int)shortest, places.Spread + (int)(longest - shortest));
        var any = false;
        for (; choices > 0; choices--)
        {
            var program = new PartCode(code.Bytes(code.Number()));
            var top = _top;
            var copy = Copy(places);
            if (Run(ref program, bytes, ref copy, depth - 1))
            {
                any = true;
                AddTo(result, copy);
            }

            _top = top;
        }

        places = result;
        return any;
    }

    private bool NoneOf(ref PartCode code, ReadOnlySpan<byte> bytes, ref Places places, int depth)
    {
        var length = code.Number();
        var longest = code.Number();
        var choices = code.Number();
        if (depth == 0 || length != longest || length > PartCode.MaxLength)
        {
            throw ImageException.Damaged("a program negates choices of different lengths");
        }

        var rest = Copy(places);
        var any = Any(length, bytes, ref rest);
        for (; choices > 0; choices--)
        {
            var program = new PartCode(code.Bytes(code.Number()));
            var top = _top;
            var copy = Copy(places);
            if (any && Run(ref program, bytes, ref copy, depth - 1))
            {
                Remove(rest, copy);
            }

            _top = top;
        }

        places = rest;
        return any && NextBit(rest, 0) >= 0;
    }

    private Places Take(int start, int spread)
    {
        var count = (spread >> 6) + 1;
        if (spread > PartCode.MaxSpread * 2 || _top + count > MaxWords)
        {
            throw ImageException.Damaged("a program needs too much working memory");
        }

        if (_top + count > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(_top + count, _words.Length * 2));
        }

        var places = new Places(start, spread, _top);
        _words.AsSpan(_top, count).Clear();
        _top += count;
        return places;
    }

    private Places Copy(Places places)
    {
        var copy = Take(places.Base, places.Spread);
        _words.AsSpan(places.At, (places.Spread >> 6) + 1).CopyTo(_words.AsSpan(copy.At));
        return copy;
    }

    private void AddTo(Places result, Places places)
    {
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work++;
            var moved = places.Base + bit - result.Base;
            if (moved < 0 || moved > result.Spread)
            {
                throw ImageException.Damaged("a choice is longer than its alternatives say");
            }

            _words[result.At + (moved >> 6)] |= 1UL << (moved & 63);
        }
    }

    private void Remove(Places rest, Places places)
    {
        for (var bit = NextBit(places, 0); bit >= 0; bit = NextBit(places, bit + 1))
        {
            _work++;
            var moved = places.Base + bit - rest.Base;
            if (moved >= 0 && moved <= rest.Spread)
            {
                Clear(rest, moved);
            }
        }
    }

    private void Clear(Places places, int bit) => _words[places.At + (bit >> 6)] &= ~(1UL << (bit & 63));

    /// <summary>The lowest set bit from <paramref name="from"/> on, or -1.</summary>
    private int NextBit(Places places, int from)
    {
        if (from > places.Spread)
        {
            return -1;
        }

        var index = from >> 6;
        var last = places.Spread >> 6;
        var word = _words[places.At + index] & (ulong.MaxValue << (from & 63));
        while (word == 0)
        {
            if (++index > last)
            {
                return -1;
            }

            word = _words[places.At + index];
        }

        return (index << 6) + BitOperations.TrailingZeroCount(word);
    }

    /// <summary>Bit i of the words from <see cref="At"/> on stands for the place <c>Base + i</c>; i is 0 to Spread.</summary>
    private struct Places(int start, int spread, int at)
    {
        public int Base = start;
        public readonly int Spread = spread;
        public readonly int At = at;
    }
}
