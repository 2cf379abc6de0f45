using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Collects body records (see <see cref="BodyRecord"/>) and picks each body's anchor, in the order of the input.</summary>
/// <param name="spill">Where records may wait that do not fit in memory; null: in memory.</param>
internal sealed class BodyEncoder(AnchorModel model, SpillFile? spill = null)
{
    private readonly SegmentedBytes _bodies = new(spill);
    private readonly ChunkedList<uint> _index = new();
    private readonly List<FixedRun> _runs = [];
    private readonly PatternEncoder _patterns = new();
    private readonly List<LongAnchor> _longAnchors = [];
    private readonly Dictionary<uint, LongAnchor> _chosenLong = [];

    public int Count => _index.Count;

    /// <summary>Estimated rarity of the last body's anchor, in bits.</summary>
    public float LastBits { get; private set; }

    /// <summary>Encodes a pattern and appends it.</summary>
    /// <returns>The anchor, or null when the body can never match in this engine.</returns>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public Anchor? Add(BodySignature signature, uint signatureId) =>
        Add(_patterns.Encode(signature.Pattern, signature.Offset, signature.Target), signatureId);

    /// <summary>Appends the body of a signature.</summary>
    /// <returns>The anchor, or null when the body can never match in this engine.</returns>
    public Anchor? Add(in EncodedPattern pattern, uint signatureId) => Add(pattern, signatureId, flags: 0);

    /// <summary>Appends a body that counts for logical signatures; its users are told to <see cref="Write"/>.</summary>
    public Anchor? AddLogical(in EncodedPattern pattern) => Add(pattern, uint.MaxValue, BodyRecord.LogicalFlag);

    /// <summary>A record whose anchor is chosen; valid until the next is added.</summary>
    public ReadOnlySpan<byte> Record(int body)
    {
        var start = (int)_index[body];
        return _bodies.Slice(start, (body + 1 < Count ? (int)_index[body + 1] : _bodies.Count) - start);
    }

    /// <summary>
    /// Decides, all bodies being there, which are looked for by windows of 15 bytes; <see cref="Write"/> notes it in their
    /// records.
    /// </summary>
    /// <param name="anchors">What the bodies were given when they were added, in that order.</param>
    public List<Anchor> FinishAnchors(List<Anchor> anchors)
    {
        var rule = new LongWindowRule(_longAnchors, anchors.Count);
        foreach (var anchor in _longAnchors)
        {
            if (rule.Takes(anchor))
            {
                _chosenLong.Add(anchor.Anchor.Body, anchor);
            }
        }

        return [.. anchors.Select(anchor => _chosenLong.TryGetValue(anchor.Body, out var chosen) ? chosen.Anchor : anchor)];
    }

    /// <summary>Adds the sections.</summary>
    /// <param name="users">Where the users of each body stand: <see cref="BodyRecord.Users"/>.</param>
    public void Write(ImageWriter writer, uint[] users)
    {
        writer.Add(SectionKind.Bodies, new RecordSource(_bodies, _index, users, _chosenLong), 1, SectionFlags.None);
        writer.Add(SectionKind.BodyIndex, _index.AsSection(), 4, SectionFlags.None);
    }

    private Anchor? Add(in EncodedPattern pattern, uint signatureId, ushort flags)
    {
        _runs.Clear();
        CollectionsMarshal.SetCount(_runs, pattern.Runs.Length);
        pattern.Runs.CopyTo(CollectionsMarshal.AsSpan(_runs));
        var choice = model.Choose(_runs);
        LastBits = choice.Bits;
        var head = pattern.Record.Span;
        BinaryPrimitives.WriteUInt32LittleEndian(head, signatureId);
        BinaryPrimitives.WriteUInt16LittleEndian(head[30..], flags);
        BodyRecord.SetAnchor(head, choice.Part, choice.Min, choice.Max);
        var body = (uint)Count;
        _index.Add((uint)_bodies.Count);
        _bodies.Add(head);
        if (pattern.IsDormant)
        {
            return null;
        }

        if (model.ChooseLong(_runs) is { } found)
        {
            var anchor = model.Use(found, body, pattern.Target);
            _longAnchors.Add(new LongAnchor(anchor, found.Part, found.Min, found.Max, found.Bits, choice.Bits));
        }

        return model.Use(choice, body, pattern.Target);
    }

    /// <summary>The records, with what is known only when all bodies are: the places of their users, long anchors.</summary>
    private sealed class RecordSource(
        SegmentedBytes bodies, ChunkedList<uint> index, uint[] users, Dictionary<uint, LongAnchor> anchors) : SectionSource
    {
        public override long Length => bodies.Length;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            bodies.CopyTo(offset, piece);
            Span<byte> head = stackalloc byte[BodyRecord.HeaderSize];
            for (var body = FirstBehind(offset - BodyRecord.HeaderSize); body < index.Count && index[body] < offset + piece.Length; body++)
            {
                var at = index[body] - offset;
                if (body < users.Length)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(head, users[body]);
                    Overlay(piece, at + BodyRecord.UsersAt, head[..4]);
                }

                if (anchors.TryGetValue((uint)body, out var chosen))
                {
                    BodyRecord.SetAnchor(head, chosen.Part, chosen.Min, chosen.Max);
                    Overlay(piece, at + 28, head[28..30]);
                    Overlay(piece, at + 32, head[32..40]);
                }
            }
        }

        /// <summary>Copies what of the bytes lies in the piece.</summary>
        private static void Overlay(Span<byte> piece, long at, ReadOnlySpan<byte> bytes)
        {
            var (first, end) = ((int)Math.Max(0, -at), (int)Math.Min(bytes.Length, piece.Length - at));
            if (first < end)
            {
                bytes[first..end].CopyTo(piece[(int)(at + first)..]);
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
