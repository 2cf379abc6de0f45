using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Collects logical signatures and lays them out. Equal bodies are stored once per target and offset; a body wakes
/// only the signatures that cannot be true without it and have no rarer such body (<see cref="NecessarySet"/>).
/// </summary>
internal sealed class LogicalEncoder(BodyEncoder bodies)
{
    private readonly ByteBuffer _records = new();
    private readonly ByteBuffer _subsignatures = new();
    private readonly ByteBuffer _code = new();
    private readonly ByteBuffer _macroMembers = new();
    private readonly Dictionary<string, uint> _known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<uint, LogicalBody> _bodies = [];
    private readonly List<LogicalEntry> _entries = [];

    /// <summary>Notes that a body is a member of a macro group.</summary>
    public void AddMacroMember(int group, uint body)
    {
        _macroMembers.AddUInt32((uint)group);
        _macroMembers.AddUInt32(body);
    }

    /// <exception cref="PatternTooWideException">The image cannot hold a pattern; the signature was not added.</exception>
    public void Add(LogicalSignature signature, uint signatureId)
    {
        var caps = CountCaps.Of(signature);
        var places = new BodyPlaces[signature.Subsignatures.Count];
        Array.Fill(places, BodyPlaces.None);
        for (var i = 0; i < places.Length; i++)
        {
            if (signature.Subsignatures[i] is BodySubsignature body)
            {
                var second = body.Forms.Count > 1 ? AddBody(signature, body, 1, caps[i]) : SubsignatureRecord.None;
                places[i] = new BodyPlaces(AddBody(signature, body, 0, caps[i]), second);
            }
        }

        var firstSubsignature = (uint)(_subsignatures.Length / SubsignatureRecord.Size);
        for (var i = 0; i < places.Length; i++)
        {
            AddSubsignature(signature.Subsignatures[i], i, places[i]);
        }

        var start = _code.Length;
        LogicalCode.AddHead(_code, signature);
        ExpressionCode.Write(_code, signature.Expression);
        _records.AddUInt32(signatureId);
        _records.AddUInt32(firstSubsignature);
        _records.AddUInt32((uint)start);
        _records.AddUInt32((uint)(_code.Length - start));
        _entries.Add(new LogicalEntry(signature.Description.Target, signature.Expression, signature.Subsignatures, places));
    }

    /// <summary>Completes the bodies, which are written afterwards, and adds the sections.</summary>
    public void Write(ImageWriter writer)
    {
        CountUsers();
        var always = new ByteBuffer[ImageTables.Targets];
        var fuzzy = new List<(ulong Hash, uint Signature)>();
        for (var i = 0; i < _entries.Count; i++)
        {
            if (NecessarySet.Of(_entries[i], body => _bodies[body].Score) is { } set)
            {
                set.Bodies.ForEach(body => _bodies[body].Wakes.Add((uint)i));
                set.Hashes.ForEach(hash => fuzzy.Add((hash, (uint)i)));
            }
            else
            {
                (always[_entries[i].Target] ??= new ByteBuffer()).AddUInt32((uint)i);
            }
        }

        writer.Add(SectionKind.Logical, _records.Written, LogicalRecord.Size, SectionFlags.None);
        writer.Add(SectionKind.Subsignatures, _subsignatures.Written, SubsignatureRecord.Size, SectionFlags.None);
        writer.Add(SectionKind.LogicalCode, _code.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.BodyUsers, WriteUsers().Written, 4, SectionFlags.None);
        writer.Add(SectionKind.MacroMembers, _macroMembers.Written, 4, SectionFlags.None);
        writer.Add(SectionKind.FuzzyHashes, WriteHashes(fuzzy).Written, 12, SectionFlags.None);
        for (var target = 0; target < always.Length; target++)
        {
            if (always[target] is { } list)
            {
                writer.Add(SectionKind.LogicalAlways, list.Written, 4, SectionFlags.None, a: (uint)target);
            }
        }
    }

    private void CountUsers()
    {
        foreach (var places in _entries.SelectMany(entry => entry.Places))
        {
            foreach (var body in places.All)
            {
                _bodies[body].Users++;
            }
        }
    }

    private ByteBuffer WriteUsers()
    {
        var users = new ByteBuffer();
        foreach (var (index, body) in _bodies)
        {
            bodies.SetUsers(index, (uint)(users.Length / 4));
            users.AddUInt32((uint)Math.Min(body.Cap, uint.MaxValue));
            users.AddUInt32((uint)body.Wakes.Count);
            body.Wakes.ForEach(users.AddUInt32);
        }

        return users;
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

    private uint AddBody(LogicalSignature signature, BodySubsignature subsignature, int form, long cap)
    {
        var pattern = subsignature.Forms[form];
        var key = $"{signature.Description.Target} {subsignature.Offset} {pattern.Source}";
        if (!_known.TryGetValue(key, out var index))
        {
            index = (uint)bodies.Count;
            bodies.AddLogical(new BodySignature
            {
                Name = signature.Name,
                Line = signature.Line,
                Target = signature.Description.Target,
                Offset = subsignature.Offset,
                Pattern = pattern,
            });
            _known.Add(key, index);
            _bodies.Add(index, new LogicalBody { Bits = bodies.LastBits });
        }

        _bodies[index].Cap = Math.Max(_bodies[index].Cap, cap);
        return index;
    }

    private void AddSubsignature(Subsignature subsignature, int id, BodyPlaces places)
    {
        if (subsignature is BodySubsignature)
        {
            AddRecord(SubsignatureKind.Body, places.First, places.Second);
            return;
        }

        if (subsignature is FuzzyImageSubsignature fuzzy)
        {
            AddRecord(SubsignatureKind.FuzzyImage, (uint)fuzzy.Hash, (uint)(fuzzy.Hash >> 32));
            return;
        }

        var start = _code.Length;
        var kind = LogicalCode.AddBlob(_code, subsignature, id);
        AddRecord(kind, (uint)start, (uint)(_code.Length - start));
    }

    private void AddRecord(SubsignatureKind kind, uint first, uint second)
    {
        _subsignatures.AddUInt32((uint)kind);
        _subsignatures.AddUInt32(first);
        _subsignatures.AddUInt32(second);
    }

    private sealed class LogicalBody
    {
        public required float Bits { get; init; }

        public long Cap { get; set; }

        public int Users { get; set; }

        public List<uint> Wakes { get; } = [];

        /// <summary>Estimated rarity, less what it costs that many signatures share it.</summary>
        public float Score => Bits - MathF.Log2(1 + Users);
    }
}

/// <summary>The bodies of one subsignature.</summary>
/// <param name="Second"><see cref="SubsignatureRecord.None"/> when there is one form.</param>
internal readonly record struct BodyPlaces(uint First, uint Second)
{
    public static BodyPlaces None => new(SubsignatureRecord.None, SubsignatureRecord.None);

    public IEnumerable<uint> All =>
        ((uint[])[First, Second]).Where(body => body != SubsignatureRecord.None);
}

/// <summary>What is kept of a signature until all are there.</summary>
internal sealed record LogicalEntry(
    int Target, LogicalExpression Expression, IReadOnlyList<Subsignature> Subsignatures, BodyPlaces[] Places);
