using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>An anchor as it is looked for: a gram, four bytes beside it, and the body that it wakes.</summary>
/// <param name="Gram">Little-endian; the top bytes are 0 in the classes of two and three.</param>
/// <param name="IsFolded">Gram and context are compared with bit 20 of every byte set, as letters of either case need.</param>
/// <param name="ContextPosition">Bytes from the gram to the context; <see cref="NoContext"/> when the run is shorter than 4.</param>
internal readonly record struct Anchor(
    GramClass Class, uint Gram, uint Context, short ContextPosition, ushort TargetMask, uint Body, bool IsFolded)
{
    public const short NoContext = short.MinValue;
}

/// <summary>The best window of a body.</summary>
/// <param name="Min">Least bytes from the part's start to the gram.</param>
/// <param name="Bits">Estimated rarity, what it costs included.</param>
internal readonly record struct AnchorChoice(int Part, int Min, int Max, FixedRun Run, int Position, GramClass Class, float Bits);

/// <summary>
/// Chooses the window that is rarest in benign files: the measured bits of information of its bytes
/// (<see cref="GramModel"/>), less what it costs that other bodies use the same window (matcher-design.md §2.1).
/// </summary>
internal sealed class AnchorModel
{
    /// <summary>Changing the choice changes images; the number goes into the options digest, with that of the table.</summary>
    public const int Version = 3;

    private const int UseBits = 18;

    private const float BytesPerMebibyte = 1 << 20;

    private readonly ushort[] _uses = new ushort[1 << UseBits];

    /// <summary>The rarest window over all runs.</summary>
    /// <param name="runs">At least one.</param>
    public AnchorChoice Choose(List<FixedRun> runs)
    {
        var best = default(AnchorChoice);
        var bestScore = float.NegativeInfinity;
        foreach (var run in runs)
        {
            var bytes = run.Bytes.Span;
            var size = Math.Min(bytes.Length, 4);
            var spreadCost = MathF.Log2(1 + run.Max - run.Min);
            for (var i = 0; i + size <= bytes.Length; i++)
            {
                var uses = _uses[UseSlot(GramOf(bytes.Slice(i, size)))];
                var score = Bits(bytes.Slice(i, size)) - FoldedLetters(run, i, size) - spreadCost - MathF.Log2(1 + uses);
                if (score > bestScore)
                {
                    bestScore = score;
                    best = new AnchorChoice(run.Part, run.Min + i, run.Max + i, run, i, (GramClass)size, score);
                }
            }
        }

        return best;
    }

    /// <summary>Counts the window as used and completes the anchor.</summary>
    public Anchor Use(AnchorChoice choice, uint body, ushort targetMask)
    {
        var run = choice.Run.Bytes.Span;
        var gram = GramOf(run.Slice(choice.Position, (int)choice.Class));
        ref var uses = ref _uses[UseSlot(gram)];
        uses = (ushort)Math.Min(uses + 1, ushort.MaxValue);
        if (run.Length < 4)
        {
            var isShortFolded = FoldedLetters(choice.Run, choice.Position, (int)choice.Class) > 0;
            return new Anchor(
                choice.Class, isShortFolded ? gram | FoldOf(choice.Class) : gram, 0, Anchor.NoContext, targetMask, body, isShortFolded);
        }

        // The four bytes after the gram, or as far to the right as the run goes.
        var context = Math.Min(choice.Position + (int)choice.Class, run.Length - 4);
        var isFolded = FoldedLetters(choice.Run, choice.Position, (int)choice.Class) + FoldedLetters(choice.Run, context, 4) > 0;
        var contextWord = BinaryPrimitives.ReadUInt32LittleEndian(run[context..]);
        return new Anchor(
            choice.Class,
            isFolded ? gram | FoldOf(choice.Class) : gram,
            isFolded ? contextWord | GramHash.Fold : contextWord,
            (short)(context - choice.Position),
            targetMask,
            body,
            isFolded);
    }

    /// <summary>The bits that a folded gram of this class has set.</summary>
    public static uint FoldOf(GramClass gram) => GramHash.Fold >> (8 * (4 - (int)gram));

    /// <summary>The rarest piece of at most <paramref name="maxLength"/> bytes among the runs from <paramref name="first"/> on.</summary>
    public static FixedRun? ChooseKey(List<FixedRun> runs, int first, int maxLength)
    {
        FixedRun? best = null;
        var bestScore = float.NegativeInfinity;
        Span<float> room = stackalloc float[512];
        for (var r = first; r < runs.Count; r++)
        {
            var run = runs[r];
            var size = Math.Min(run.Bytes.Length, maxLength);
            var sums = run.Bytes.Length <= room.Length ? room[..run.Bytes.Length] : new float[run.Bytes.Length];
            GramModel.Shipped.Sum(run.Bytes.Span, sums);
            for (var i = 0; i + size <= run.Bytes.Length; i++)
            {
                // A key with letters of either case is searched for by one byte at a time.
                var folded = FoldedLetters(run, i, size);
                var score = GramModel.Shipped.Bits(run.Bytes.Span, sums, i, size) - MathF.Log2(1 + run.Max - run.Min) - (folded > 0 ? folded + 8 : 0);
                if (score > bestScore)
                {
                    bestScore = score;
                    best = new FixedRun(run.Part, run.Min + i, run.Max + i, run.Bytes.Slice(i, size), run.Folded.Slice(i, size));
                }
            }
        }

        return best;
    }

    private static int FoldedLetters(FixedRun run, int start, int count) => run.Folded.Span.Slice(start, count).Count((byte)1);

    private static float Bits(ReadOnlySpan<byte> bytes) => GramModel.Shipped.Bits(bytes);

    /// <summary>The bytes that are looked for.</summary>
    public static ReadOnlyMemory<byte> WindowOf(in AnchorChoice choice) =>
        choice.Run.Bytes.Slice(choice.Position, (int)choice.Class);

    /// <summary>How often the window is expected in a MiB of benign files.</summary>
    public static float BenignHits(in AnchorChoice choice) => BytesPerMebibyte * float.Exp2(-Bits(WindowOf(choice).Span));

    private static uint GramOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[4];
        padded.Clear();
        bytes.CopyTo(padded);
        return BinaryPrimitives.ReadUInt32LittleEndian(padded);
    }

    private static int UseSlot(uint gram) => (int)((gram * 0x9E37_79B1u) >> (32 - UseBits));
}
