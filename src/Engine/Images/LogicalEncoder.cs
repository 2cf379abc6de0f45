using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Collects logical signatures and lays them out. Equal bodies are stored once per target and offset; a body wakes
/// only the signatures that cannot be true without it and have no rarer such body (<see cref="NecessarySet"/>). What is
/// kept of a signature until all are there is its packed form.
/// </summary>
/// <param name="onAnchor">Called for each body that can match, after it was added.</param>
internal sealed class LogicalEncoder(BodyEncoder bodies, Action onAnchor)
{
    /// <summary>Signatures whose necessary sets are found in one go.</summary>
    private const int SignaturesPerPiece = 1024;

    private readonly ChunkedList<uint> _records = new(LogicalRecord.Size / 4);
    private readonly ChunkedList<uint> _subsignatures = new(SubsignatureRecord.Size / 4);
    private readonly SegmentedBytes _code = new();
    private readonly ByteBuffer _macroMembers = new();
    private readonly KeyTable _known = new();

    /// <summary>By body, those of other signatures included.</summary>
    private readonly ChunkedList<LogicalBody> _bodies = new();

    private readonly ChunkedList<byte> _targets = new();

    /// <summary>Notes that a body is a member of a macro group.</summary>
    public void AddMacroMember(int group, uint body)
    {
        _macroMembers.AddUInt32((uint)group);
        _macroMembers.AddUInt32(body);
    }

    public void Add(EncodedLogical signature, uint signatureId)
    {
        Span<uint> places = stackalloc uint[signature.Patterns.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = AddBody(signature.Patterns[i]);
        }

        var firstSubsignature = (uint)_subsignatures.Count;
        var start = (uint)_code.Count;
        foreach (var record in signature.Subsignatures)
        {
            var placed = Place(record, places, start);
            _subsignatures.Add([(uint)placed.Kind, placed.First, placed.Second]);
            if (placed.Kind == SubsignatureKind.Body)
            {
                CountUser(placed.First);
                CountUser(placed.Second);
            }
        }

        _code.Add(signature.Code.Span);
        var head = start + (uint)signature.HeadStart;
        _records.Add([signatureId, firstSubsignature, head, (uint)_code.Count - head]);
        _targets.Add((byte)signature.Target);
    }

    /// <summary>Finds what wakes each signature.</summary>
    public LogicalWakes FindWakes(CompileScope scope)
    {
        var count = _records.Count;
        var pieces = new LogicalWakes[(count + SignaturesPerPiece - 1) / SignaturesPerPiece];
        Cores.ForEach(pieces.Length, scope, piece =>
        {
            var wakes = pieces[piece] = new LogicalWakes();
            var end = Math.Min(count, (piece + 1) * SignaturesPerPiece);
            for (var i = piece * SignaturesPerPiece; i < end; i++)
            {
                wakes.Add((uint)i, _targets[i], NecessarySetOf(i));
            }
        });
        var all = new LogicalWakes();
        foreach (var piece in pieces)
        {
            all.Add(piece);
        }

        return all;
    }

    /// <summary>Adds the sections.</summary>
    /// <returns>Where the users of each body stand, for <see cref="BodyEncoder.Write"/>.</returns>
    public uint[] Write(ImageWriter writer, LogicalWakes wakes)
    {
        var (users, starts) = LayOutUsers(wakes);
        writer.Add(SectionKind.Logical, _records.AsSection(), LogicalRecord.Size, SectionFlags.None);
        writer.Add(SectionKind.Subsignatures, _subsignatures.AsSection(), SubsignatureRecord.Size, SectionFlags.None);
        writer.Add(SectionKind.LogicalCode, _code, 1, SectionFlags.None);
        writer.Add(SectionKind.BodyUsers, new WordSource(users), 4, SectionFlags.None);
        writer.Add(SectionKind.MacroMembers, _macroMembers.Written, 4, SectionFlags.None);
        writer.Add(SectionKind.FuzzyHashes, WriteHashes(wakes.Hashes).Written, 12, SectionFlags.None);
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            writer.Add(SectionKind.LogicalAlways, wakes.Always(target).AsSection(), 4, SectionFlags.None, a: (uint)target);
        }

        return starts;
    }

    private static SubsignatureRecord Place(SubsignatureRecord record, ReadOnlySpan<uint> places, uint start) => record.Kind switch
    {
        SubsignatureKind.Body => record with
        {
            First = places[(int)record.First],
            Second = record.Second == SubsignatureRecord.None ? SubsignatureRecord.None : places[(int)record.Second],
        },
        SubsignatureKind.FuzzyImage => record,
        _ => record with { First = checked(start + record.First) },
    };

    private uint AddBody(in LogicalPattern added)
    {
        if (_known.TryAdd(added.Key, (uint)bodies.Count, out var index))
        {
            var anchor = bodies.AddLogical(added.Pattern);
            while (_bodies.Count < index)
            {
                _bodies.Add(default(LogicalBody));
            }

            _bodies.Add(new LogicalBody { IsLogical = true, Bits = bodies.LastBits });
            if (anchor is not null)
            {
                onAnchor();
            }
        }

        ref var body = ref _bodies[(int)index];
        body.Cap = Math.Max(body.Cap, added.Cap);
        return index;
    }

    private void CountUser(uint body)
    {
        if (body != SubsignatureRecord.None)
        {
            _bodies[(int)body].Users++;
        }
    }

    private NecessarySet? NecessarySetOf(int index)
    {
        var record = _records.Record(index);
        var first = record[1];
        var next = index + 1 < _records.Count ? _records.Record(index + 1)[1] : (uint)_subsignatures.Count;
        var subsignatures = new SubsignatureRecord[next - first];
        for (var i = 0; i < subsignatures.Length; i++)
        {
            var words = _subsignatures.Record((int)first + i);
            subsignatures[i] = new SubsignatureRecord((SubsignatureKind)words[0], words[1], words[2]);
        }

        var blob = _code.Slice((int)record[2], (int)record[3]);
        return NecessarySet.Of(
            blob[(LogicalRecord.HeadSize + blob[4])..],
            new NecessarySubsignatures(
                subsignatures,
                subsignature => _code.Slice((int)subsignature.First, (int)subsignature.Second).ToArray(),
                body => _bodies[(int)body].Score));
    }

    /// <summary>Per logical body: cap, number of signatures that it wakes, these.</summary>
    private (uint[] Users, uint[] Starts) LayOutUsers(LogicalWakes wakes)
    {
        var starts = new uint[_bodies.Count];
        var counts = new uint[_bodies.Count];
        foreach (var (body, _) in wakes.Pairs)
        {
            counts[body]++;
        }

        long length = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = _bodies[i].IsLogical ? checked((uint)length) : 0;
            length += _bodies[i].IsLogical ? 2 + counts[i] : 0;
        }

        var users = new uint[checked((int)length)];
        for (var i = 0; i < starts.Length; i++)
        {
            if (_bodies[i].IsLogical)
            {
                users[starts[i]] = _bodies[i].Cap;
            }
        }

        foreach (var (body, signature) in wakes.Pairs)
        {
            var start = starts[body];
            users[start + 2 + users[start + 1]++] = signature;
        }

        return (users, starts);
    }

    private static ByteBuffer WriteHashes(List<(ulong Hash, uint Signature)> hashes)
    {
        var section = new ByteBuffer();
        foreach (var (hash, signature) in hashes.OrderBy(h => h.Hash).ThenBy(h => h.Signature))
        {
            section.AddInt64((long)hash);
            section.AddUInt32(signature);
        }

        return section;
    }

    private record struct LogicalBody
    {
        public bool IsLogical { get; init; }

        public float Bits { get; init; }

        public uint Cap { get; set; }

        public int Users { get; set; }

        /// <summary>Estimated rarity, less what it costs that many signatures share it.</summary>
        public readonly float Score => Bits - MathF.Log2(1 + Users);
    }
}
