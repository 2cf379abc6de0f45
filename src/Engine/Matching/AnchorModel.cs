using System.Buffers.Binary;
using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Chooses the windows whose grams are rarest in benign files: the measured bits of information of the commonest of
/// them (<see cref="GramModel"/>), less what it costs that other bodies use the same window (matcher-design.md §2.1).
/// </summary>
/// <param name="log2">Of the bodies that it is to tell apart, with some room: 2 bytes are kept for each.</param>
internal sealed class AnchorModel(int log2)
{
    /// <summary>Changing the choice changes images; the number goes into the options digest, with that of the table.</summary>
    public const int Version = 6;

    /// <summary>16 million windows, so that two for each of a million bodies rarely meet.</summary>
    private const int LargeLog2 = 24;

    private const int SmallLog2 = 16;

    /// <summary>Windows of 2 and 3 bytes need a pass of their own: taken only when a body has nothing longer.</summary>
    private const float ExtraPassBits = 64;

    /// <summary>
    /// A window met once in 64 MiB is nearly as good as any rarer one: what counts beyond is that no other body has it.
    /// </summary>
    private const float EnoughBits = 26;

    /// <summary>So many bodies with a window and its context make it crowded: nothing but verification tells them apart.</summary>
    private const int Crowd = 8;

    /// <summary>Windows of a run of which the rarest is weighed first; the others only when other bodies took it.</summary>
    private const int Stretch = 16;

    private const float BytesPerMebibyte = 1 << 20;

    private readonly byte[] _uses = new byte[1 << log2];
    private readonly byte[] _crowds = new byte[1 << log2];
    private readonly RunRarity _rarity = new();

    /// <summary>The size for a set: five times the two windows of each of its bodies, which have some 64 bytes of text and more.</summary>
    /// <param name="sourceBytes">Of its files; the same for the same set, since images must not differ.</param>
    public static int Log2For(long sourceBytes) => Math.Clamp(BitOperations.Log2((ulong)(sourceBytes / 4) | 1) + 1, SmallLog2, LargeLog2);

    /// <summary>The rarest windows over all runs.</summary>
    /// <param name="runs">At least one.</param>
    public AnchorChoices Choose(List<FixedRun> runs)
    {
        var none = new AnchorChoice { Bits = float.NegativeInfinity };
        var (shorter, longer) = (none, none);
        foreach (var run in runs)
        {
            _rarity.Load(run.Bytes.Span);
            Improve(ref shorter, run, (GramClass)Math.Min(run.Bytes.Length, (int)GramClass.Five));
            Improve(ref longer, run, GramClass.Eight);
        }

        return new AnchorChoices(shorter, longer.Class == GramClass.Eight ? longer : null);
    }

    /// <summary>Counts the window as used and completes the anchor.</summary>
    public Anchor Use(AnchorChoice choice, uint body, int target)
    {
        var run = choice.Run.Bytes.Span;
        var size = (int)choice.Class;
        var window = WindowOf(run.Slice(choice.Position, size));
        CountUse(run, choice);
        var isFolded = FoldedLetters(choice.Run, choice.Position, size) > 0;
        var context = ContextOf(choice.Position, size, run.Length);
        if (context < 0)
        {
            return new Anchor(choice.Class, window, 0, Anchor.NoContext, (byte)target, body, isFolded);
        }

        isFolded |= FoldedLetters(choice.Run, context, 4) > 0;
        var word = BinaryPrimitives.ReadUInt32LittleEndian(run[context..]);
        return new Anchor(
            choice.Class,
            window,
            isFolded ? word | GramHash.Fold : word,
            (sbyte)(context - choice.Position),
            (byte)target,
            body,
            isFolded);
    }

    /// <summary>The rarest piece of at most <paramref name="maxLength"/> bytes among the runs from <paramref name="first"/> on.</summary>
    public static FixedRun? ChooseKey(RunRarity rarity, List<FixedRun> runs, int first, int maxLength)
    {
        FixedRun? best = null;
        var bestScore = float.NegativeInfinity;
        for (var r = first; r < runs.Count; r++)
        {
            var run = runs[r];
            var bytes = run.Bytes.Span;
            var size = Math.Min(bytes.Length, maxLength);
            var hasLetters = run.Folded.Span.Contains((byte)1);
            var cost = MathF.Log2(1 + run.Max - run.Min);
            var found = -1;
            rarity.Load(bytes);
            var pieces = rarity.Pieces(bytes, size);
            for (var i = 0; i < pieces.Length; i++)
            {
                // A key with letters of either case is met by more bytes.
                var folded = hasLetters ? FoldedLetters(run, i, size) : 0;
                var score = pieces[i] - cost - (folded > 0 ? folded + 8 : 0);
                (found, bestScore) = score > bestScore ? (i, score) : (found, bestScore);
            }

            if (found >= 0)
            {
                best = new FixedRun(run.Part, run.Min + found, run.Max + found, run.Bytes.Slice(found, size), run.Folded.Slice(found, size));
            }
        }

        return best;
    }

    /// <summary>The bytes that are looked for.</summary>
    public static ReadOnlyMemory<byte> WindowOf(in AnchorChoice choice) =>
        choice.Run.Bytes.Slice(choice.Position, (int)choice.Class);

    /// <summary>How often the window is expected in a MiB of benign files.</summary>
    public static float BenignHits(in AnchorChoice choice) =>
        BytesPerMebibyte * float.Exp2(-GramModel.Shipped.Bits(WindowOf(choice).Span));

    /// <summary>Takes a window of the run that was loaded, if it is better than the best so far.</summary>
    private void Improve(ref AnchorChoice best, in FixedRun run, GramClass gram)
    {
        var bytes = run.Bytes.Span;
        if (bytes.Length < (int)gram)
        {
            return;
        }

        var windows = _rarity.Windows(bytes, (int)gram, GramLength(gram));
        var cost = MathF.Log2(1 + run.Max - run.Min) + (gram < GramClass.Four ? ExtraPassBits : 0);
        for (var from = 0; from < windows.Length; from += Stretch)
        {
            var stretch = windows[from..Math.Min(from + Stretch, windows.Length)];
            var position = Rarest(run, gram, from, stretch, isShared: false, out var bits);
            if (position < 0 || bits - cost <= best.Bits)
            {
                continue;
            }

            var isShared = UsesOf(bytes, position, gram) > 0;
            if (isShared)
            {
                position = Rarest(run, gram, from, stretch, isShared: true, out bits);
            }

            if (bits - cost > best.Bits)
            {
                var isCrowded = _crowds[CrowdSlot(bytes, position, gram)] >= Crowd;
                best = new AnchorChoice(run.Part, run.Min + position, run.Max + position, run, position, gram, bits - cost, isShared, isCrowded);
            }
        }
    }

    /// <summary>The rarest window of a stretch, by the commonest of its grams; -1 when all are flat.</summary>
    /// <param name="stretch">Bits of the windows that begin at <paramref name="from"/> and behind.</param>
    /// <param name="isShared">What sharing costs counts too.</param>
    private int Rarest(in FixedRun run, GramClass gram, int from, ReadOnlySpan<float> stretch, bool isShared, out float bits)
    {
        var hasLetters = run.Folded.Span.Contains((byte)1);
        var found = -1;
        bits = float.NegativeInfinity;
        for (var i = 0; i < stretch.Length; i++)
        {
            var rarity = stretch[i] - (hasLetters ? FoldedLetters(run, from + i, (int)gram) : 0);
            var score = Math.Min(rarity, EnoughBits) + (Math.Max(0, rarity - EnoughBits) / 16);
            score -= isShared && score > bits ? CostOfSharing(UsesOf(run.Bytes.Span, from + i, gram)) : 0;
            if (score > bits && !IsFlat(run.Bytes.Span, from + i, gram))
            {
                (found, bits) = (from + i, score);
            }
        }

        return found;
    }

    private static bool IsFlat(ReadOnlySpan<byte> run, int position, GramClass gram) =>
        GramHash.IsFlat(gram, WindowOf(run.Slice(position, (int)gram)));

    /// <summary>
    /// Bodies that share a window are woken together: twice as many cost a bit in benign files. Each costs half a bit
    /// more, so that data made of one such window cannot wake many where there is a choice.
    /// </summary>
    private static float CostOfSharing(int uses) => MathF.Log2(1 + uses) + (uses / 2f);

    /// <summary>Bytes of a class's window that each of its grams is sure to hold: a window of 4 is met by 3 and any byte.</summary>
    private static int GramLength(GramClass gram) => gram switch
    {
        GramClass.Eight => 7,
        GramClass.Five => 4,
        GramClass.Four => 3,
        GramClass.Three => 3,
        GramClass.Two => 2,
    };

    /// <summary>Where the context starts: after the window, before it, or as far outside as the run goes; below 0 = the run is too short.</summary>
    private static int ContextOf(int position, int size, int runLength) =>
        position + size + 4 <= runLength ? position + size
        : position >= 4 ? position - 4
        : runLength - 4;

    private static ulong WindowOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = 0UL;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            word = (word << 8) | bytes[i];
        }

        return word;
    }

    private static int FoldedLetters(in FixedRun run, int start, int count) => run.Folded.Span.Slice(start, count).Count((byte)1);

    private static void Increment(ref byte count) => count = (byte)Math.Min(count + 1, byte.MaxValue);

    /// <summary>
    /// Counts the window, and when it is shared those that overlap it by half and more: data that holds one holds these,
    /// so bodies that took different ones of them would still be woken together.
    /// </summary>
    private void CountUse(ReadOnlySpan<byte> run, in AnchorChoice choice)
    {
        var (position, gram) = (choice.Position, choice.Class);
        var reach = choice.IsShared ? (int)gram / 2 : 0;
        for (var i = Math.Max(0, position - reach); i <= Math.Min(run.Length - (int)gram, position + reach); i++)
        {
            Increment(ref _uses[UseSlot(gram, WindowOf(run.Slice(i, (int)gram)))]);
            Increment(ref _crowds[CrowdSlot(run, i, gram)]);
        }
    }

    private int UsesOf(ReadOnlySpan<byte> run, int position, GramClass gram) =>
        _uses[UseSlot(gram, WindowOf(run.Slice(position, (int)gram)))];

    private int UseSlot(GramClass gram, ulong window) => GramHash.Bucket(GramHash.Window(gram, window), log2);

    /// <summary>Of a window with its context.</summary>
    private int CrowdSlot(ReadOnlySpan<byte> run, int position, GramClass gram)
    {
        var window = WindowOf(run.Slice(position, (int)gram));
        var context = ContextOf(position, (int)gram, run.Length);
        var word = context < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(run[context..]) | GramHash.Fold;
        return GramHash.Bucket(GramHash.Window(gram, window) ^ GramHash.Window(GramClass.Four, word | ((ulong)(uint)(context - position) << 32)), log2);
    }
}
