namespace Engine.Matching;

/// <summary>What is remembered of one body while one object is matched.</summary>
internal struct BodyState
{
    /// <summary>It was reported or can no longer match this object.</summary>
    public bool IsDone;

    /// <summary>Of a logical body: occurrences counted so far, and the start of the last one.</summary>
    public long Count;

    public long Last;

    /// <summary>Of a logical body: one part of it occurs; how often the whole does is found out when somebody asks.</summary>
    public bool IsPending;

    /// <summary>The blocks before the anchor's do not end in front of here; 0 = not known.</summary>
    public long PrefixMissingTo;

    /// <summary>Their start and earliest end once they were found; end 0 = not yet.</summary>
    public long PrefixStart;

    public long PrefixEnd;

    /// <summary>The blocks after the anchor's do not occur from here on; 0 = not known (no block can start there).</summary>
    public long SuffixFailedFrom;
}

/// <summary>
/// The states of the bodies that anchors woke in the current object: a small open-addressing table, so that neither a
/// new matcher nor a new object costs time that grows with the number of signatures.
/// </summary>
internal sealed class BodyStates
{
    private uint[] _bodies = new uint[64];
    private uint[] _stamps = new uint[64];
    private BodyState[] _states = new BodyState[64];
    private uint _stamp;
    private int _count;

    /// <summary>Forgets all; no work but for one object in four thousand million.</summary>
    public void Clear()
    {
        _count = 0;
        if (++_stamp == 0)
        {
            Array.Clear(_stamps);
            _stamp = 1;
        }
    }

    public bool IsDone(uint body)
    {
        var slot = Slot(body);
        return _stamps[slot] == _stamp && _states[slot].IsDone;
    }

    /// <summary>A copy of the state; the default when no anchor woke the body.</summary>
    public BodyState Peek(uint body)
    {
        var slot = Slot(body);
        return _stamps[slot] == _stamp ? _states[slot] : default;
    }

    /// <summary>The state, made when it is new; valid until the next call.</summary>
    public ref BodyState Get(uint body)
    {
        var slot = Slot(body);
        if (_stamps[slot] == _stamp)
        {
            return ref _states[slot];
        }

        if (++_count * 2 > _bodies.Length)
        {
            Grow();
            slot = Slot(body);
        }

        (_stamps[slot], _bodies[slot], _states[slot]) = (_stamp, body, default);
        return ref _states[slot];
    }

    /// <summary>The body's slot, or the free one where it would go.</summary>
    private int Slot(uint body)
    {
        var mask = _bodies.Length - 1;
        var slot = (int)((body * 0x9E37_79B1u) >> 8) & mask;
        while (_stamps[slot] == _stamp && _bodies[slot] != body)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var (bodies, stamps, states) = (_bodies, _stamps, _states);
        _bodies = new uint[bodies.Length * 2];
        _stamps = new uint[bodies.Length * 2];
        _states = new BodyState[bodies.Length * 2];
        for (var i = 0; i < bodies.Length; i++)
        {
            if (stamps[i] == _stamp)
            {
                var slot = Slot(bodies[i]);
                (_stamps[slot], _bodies[slot], _states[slot]) = (_stamp, bodies[i], states[i]);
            }
        }
    }
}
