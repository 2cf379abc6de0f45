using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Collects body records (see <see cref="BodyRecord"/>) and picks each body's anchor, in the order of the input.</summary>
/// <param name="spill">Where records may wait that do not fit in memory; null: in memory.</param>
internal sealed class BodyEncoder(AnchorModel model, SpillFile? spill = null)
{
    /// <summary>Rarity of what can be woken once in an object, and in many objects is.</summary>
    private const float PlacedBits = 16;

    private readonly SegmentedBytes _bodies = new(spill);
    private readonly ChunkedList<uint> _index = new();
    private readonly ChunkedList<BodyLinks> _links = new();
    private readonly List<FixedRun> _runs = [];
    private readonly PatternEncoder _patterns = new();
    private readonly AnchorCandidates _candidates = new();
    private readonly List<PlacedBody> _placed = [];

    public int Count => _index.Count;

    /// <summary>Bodies that have no anchor: they are looked for at their place only.</summary>
    public List<PlacedBody> Placed => _placed;

    /// <summary>Estimated rarity of the last body's anchor, in bits.</summary>
    public float LastBits { get; private set; }

    /// <summary>What is looked for to find the last body.</summary>
    public ReadOnlyMemory<byte> LastWindow { get; private set; }

    /// <summary>How often <see cref="LastWindow"/> is expected in a MiB of benign files.</summary>
    public float LastBenignHits { get; private set; }

    /// <summary>Encodes a pattern and appends it.</summary>
    /// <returns>The anchor, or null when the body can never match in this engine.</returns>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public Anchor? Add(BodySignature signature, uint signatureId) =>
        Add(_patterns.Encode(signature.Pattern, signature.Offset, signature.Target), signatureId);

    /// <summary>Appends the body of a signature.</summary>
    /// <returns>The anchor, as far as it is known (<see cref="FinishAnchors"/>), or null when the body can never match in this engine.</returns>
    public Anchor? Add(in EncodedPattern pattern, uint signatureId) => Add(pattern, signatureId, flags: 0);

    /// <summary>Appends a body that counts for logical signatures; its users are told to <see cref="Write"/>.</summary>
    public Anchor? AddLogical(in EncodedPattern pattern) => Add(pattern, uint.MaxValue, BodyRecord.LogicalFlag);

    /// <summary>A copy of a record.</summary>
    public byte[] Record(int body)
    {
        var start = (int)_index[body];
        var record = new byte[(body + 1 < Count ? (int)_index[body + 1] : _bodies.Count) - start];
        new RecordSource(_bodies, _index, _links, []).CopyTo(start, record);
        return record;
    }

    /// <summary>Decides, all bodies being there, by which windows they are looked for, and notes it in their records.</summary>
    /// <returns>The anchors of all bodies that can match, in the order of the bodies.</returns>
    public List<Anchor> FinishAnchors()
    {
        var chosen = _candidates.Choose();
        foreach (var candidate in chosen)
        {
            SetAnchor(candidate.Anchor.Body, candidate.Part, candidate.Min, candidate.Max);
        }

        return chosen.ConvertAll(c => c.Anchor);
    }

    /// <summary>Adds the sections.</summary>
    /// <param name="users">Where the users of each body stand: <see cref="BodyRecord.Users"/>.</param>
    public void Write(ImageWriter writer, uint[] users)
    {
        writer.Add(SectionKind.Bodies, new RecordSource(_bodies, _index, _links, users), 1, SectionFlags.None);
        writer.Add(SectionKind.BodyIndex, _index.AsSection(), 4, SectionFlags.None);
    }

    private Anchor? Add(in EncodedPattern pattern, uint signatureId, ushort flags)
    {
        _runs.Clear();
        CollectionsMarshal.SetCount(_runs, pattern.Runs.Length);
        pattern.Runs.CopyTo(CollectionsMarshal.AsSpan(_runs));
        var choices = model.Choose(_runs);
        var choice = choices.Short;
        (LastBits, LastWindow, LastBenignHits) = (choice.Bits, AnchorModel.WindowOf(choice), AnchorModel.BenignHits(choice));
        var body = (uint)Count;
        _index.Add((uint)_bodies.Count);
        _links.Add(new BodyLinks(signatureId, (ushort)choice.Part, flags, (uint)choice.Min, (uint)choice.Max));
        _bodies.Add(pattern.Record.Span);
        if (pattern.IsDormant)
        {
            return null;
        }

        if (PlaceTables.Of(pattern.Offset, choice, _runs, pattern.Target, body) is { } placed)
        {
            _placed.Add(placed);
            SetAnchor(body, 0, placed.Distance, placed.Distance);
            LastBits = Math.Max(choice.Bits, PlacedBits);
            LastBenignHits = 0;
            return new Anchor(placed.Class, placed.Gram, 0, Anchor.NoContext, placed.Target, body, IsFolded: true);
        }

        _candidates.Add(model, choices, body, pattern.Target);
        return _candidates.LastShort;
    }

    private void SetAnchor(uint body, int part, int min, int max)
    {
        ref var links = ref _links[(int)body];
        links = links with { AnchorPart = (ushort)part, AnchorMin = (uint)min, AnchorMax = (uint)max };
    }

    /// <summary>What a record holds besides its pattern: known after the pattern was encoded, and maybe changed later.</summary>
    private readonly record struct BodyLinks(uint Signature, ushort AnchorPart, ushort Flags, uint AnchorMin, uint AnchorMax)
    {
        /// <summary>Completes the head of a record: see <see cref="BodyRecord"/>.</summary>
        public void WriteTo(Span<byte> head, uint users)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head, Signature);
            BinaryPrimitives.WriteUInt16LittleEndian(head[28..], AnchorPart);
            BinaryPrimitives.WriteUInt16LittleEndian(head[30..], Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(head[32..], AnchorMin);
            BinaryPrimitives.WriteUInt32LittleEndian(head[36..], AnchorMax);
            BinaryPrimitives.WriteUInt32LittleEndian(head[BodyRecord.UsersAt..], users);
        }
    }

    /// <summary>The records, their heads completed: users, for one, are known only when all bodies are there.</summary>
    private sealed class RecordSource(
        SegmentedBytes bodies, ChunkedList<uint> index, ChunkedList<BodyLinks> links, uint[] users) : SectionSource
    {
        public override long Length => bodies.Length;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            bodies.CopyTo(offset, piece);
            Span<byte> cut = stackalloc byte[BodyRecord.HeaderSize];
            for (var body = FirstBehind(offset - BodyRecord.HeaderSize); body < index.Count; body++)
            {
                var at = (int)(index[body] - offset);
                if (at >= piece.Length)
                {
                    break;
                }

                var ownUsers = body < users.Length ? users[body] : 0;
                if (at >= 0 && at + BodyRecord.HeaderSize <= piece.Length)
                {
                    links[body].WriteTo(piece[at..], ownUsers);
                    continue;
                }

                // The piece begins or ends inside the head.
                bodies.CopyTo(index[body], cut);
                links[body].WriteTo(cut, ownUsers);
                var (from, to) = (Math.Max(at, 0), Math.Min(at + BodyRecord.HeaderSize, piece.Length));
                cut[(from - at)..(to - at)].CopyTo(piece[from..]);
            }
        }

        /// <summary>The first body that starts behind a place.</summary>
        private int FirstBehind(long offset)
        {
            var (first, end) = (0, index.Count);
            while (first < end)
            {
                var middle = (first + end) / 2;
                (first, end) = index[middle] > offset ? (first, middle) : (middle + 1, end);
            }

            return first;
        }
    }
}
