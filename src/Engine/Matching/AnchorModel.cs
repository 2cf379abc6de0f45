using System.Buffers.Binary;
using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>An anchor as it is looked for: a window, four bytes beside it, and the body that it wakes.</summary>
/// <param name="First">See <see cref="GramHash.Window"/>; letters of either case in lower case.</param>
/// <param name="IsFolded">Window and context are compared with bit 5 of every byte set, as letters of either case need.</param>
/// <param name="ContextPosition">Bytes from the window to the context; <see cref="NoContext"/> when the run is too short.</param>
internal readonly record struct Anchor(
    GramClass Class, ulong First, ulong Last, uint Context, sbyte ContextPosition, byte Target, uint Body, bool IsFolded)
{
    public const sbyte NoContext = sbyte.MinValue;

    /// <summary>The window's bytes.</summary>
    public byte[] Bytes()
    {
        var bytes = new byte[15];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(7), Last);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, First);
        return bytes[..(int)Class];
    }
}

/// <summary>The best window of a body in a class.</summary>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Bits">Estimated rarity, what it costs included.</param>
/// <param name="IsCrowded">Many bodies have it: to be taken where there is nothing better only.</param>
internal readonly record struct AnchorChoice(
    int Part, int Min, int Max, FixedRun Run, int Position, GramClass Class, float Bits, bool IsCrowded);

/// <summary>
/// Chooses the window whose grams are rarest in benign files: the measured bits of information of the commonest of
/// them (<see cref="GramModel"/>), less what it costs that other bodies use the same window (matcher-design.md §2.1).
/// </summary>
/// <param name="log2">Of the bodies that it is to tell apart, with some room: 2 bytes are kept for each.</param>
internal sealed class AnchorModel(int log2)
{
    /// <summary>Changing the choice changes images; the number goes into the options digest, with that of the table.</summary>
    public const int Version = 4;

    /// <summary>16 million windows, five for each of a million bodies in each class.</summary>
    private const int LargeLog2 = 24;

    private const int SmallLog2 = 16;

    /// <summary>Windows of 2 and 3 bytes need a pass of their own: taken only when a body has nothing longer.</summary>
    private const float ExtraPassBits = 64;

    /// <summary>
    /// Bits of a whole window of 15 bytes, at least: with fewer it is flat, and wakes its body at every byte where files are.
    /// </summary>
    private const float EnoughLongBits = 14;

    /// <summary>
    /// A window met once in 64 MiB is nearly as good as any rarer one: what counts beyond is that no other body has it.
    /// </summary>
    private const float EnoughBits = 26;

    /// <summary>So many bodies with a window and its context make it crowded: nothing but verification tells them apart.</summary>
    private const int Crowd = 8;

    private const float BytesPerMebibyte = 1 << 20;

    private readonly byte[] _uses = new byte[1 << log2];
    private readonly byte[] _crowds = new byte[1 << log2];
    private float[] _bits = new float[256];
    private float[] _sums = new float[256];

    /// <summary>
    /// The size for a set: five windows for each of its bodies, which have some 64 bytes of text and more, in each class.
    /// </summary>
    /// <param name="sourceBytes">Of its files; the same for the same set, since images must not differ.</param>
    public static int Log2For(long sourceBytes) => Math.Clamp(BitOperations.Log2((ulong)(sourceBytes / 4) | 1) + 1, SmallLog2, LargeLog2);

    /// <summary>The rarest window of 2 to 5 bytes over all runs: 5 where the run has them.</summary>
    /// <param name="runs">At least one.</param>
    public AnchorChoice Choose(List<FixedRun> runs)
    {
        var best = new AnchorChoice { Bits = float.NegativeInfinity };
        foreach (var run in runs)
        {
            Improve(ref best, run, (GramClass)Math.Min(run.Bytes.Length, (int)GramClass.Five));
        }

        return best;
    }

    /// <summary>The rarest window of 7 or 15 bytes; null when no run has as many, or all of them are flat.</summary>
    public AnchorChoice? ChooseLong(List<FixedRun> runs, GramClass gram)
    {
        var best = new AnchorChoice { Bits = float.NegativeInfinity };
        foreach (var run in runs)
        {
            if (run.Bytes.Length >= (int)gram)
            {
                Improve(ref best, run, gram);
            }
        }

        return best.Class == gram ? best : null;
    }

    /// <summary>Counts the window as used and completes the anchor.</summary>
    public Anchor Use(AnchorChoice choice, uint body, int target)
    {
        var run = choice.Run.Bytes.Span;
        var size = (int)choice.Class;
        var (first, last) = WindowOf(run.Slice(choice.Position, size));
        CountUse(run, choice.Position, choice.Class);
        var isFolded = FoldedLetters(choice.Run, choice.Position, size) > 0;
        var context = ContextOf(choice.Position, size, run.Length);
        if (context < 0)
        {
            return new Anchor(choice.Class, first, last, 0, Anchor.NoContext, (byte)target, body, isFolded);
        }

        isFolded |= FoldedLetters(choice.Run, context, 4) > 0;
        var word = BinaryPrimitives.ReadUInt32LittleEndian(run[context..]);
        return new Anchor(
            choice.Class,
            first,
            last,
            isFolded ? word | GramHash.Fold : word,
            (sbyte)(context - choice.Position),
            (byte)target,
            body,
            isFolded);
    }

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

    private static float Bits(ReadOnlySpan<byte> bytes) => GramModel.Shipped.Bits(bytes);

    /// <summary>The bytes that are looked for.</summary>
    public static ReadOnlyMemory<byte> WindowOf(in AnchorChoice choice) =>
        choice.Run.Bytes.Slice(choice.Position, (int)choice.Class);

    /// <summary>How often the window is expected in a MiB of benign files.</summary>
    public static float BenignHits(in AnchorChoice choice) => BytesPerMebibyte * float.Exp2(-Bits(WindowOf(choice).Span));

    private void Improve(ref AnchorChoice best, FixedRun run, GramClass gram)
    {
        var bytes = run.Bytes.Span;
        var size = (int)gram;
        var gramLength = GramLength(gram);
        var grams = bytes.Length - gramLength + 1;
        if (_bits.Length < grams)
        {
            _bits = new float[Math.Max(grams, _bits.Length * 2)];
        }

        if (_sums.Length < bytes.Length)
        {
            _sums = new float[Math.Max(bytes.Length, _sums.Length * 2)];
        }

        GramModel.Shipped.Sum(bytes, _sums);
        for (var i = 0; i < grams; i++)
        {
            _bits[i] = GramModel.Shipped.Bits(bytes, _sums, i, gramLength);
        }

        var cost = MathF.Log2(1 + run.Max - run.Min) + (gram < GramClass.Four ? ExtraPassBits : 0);
        for (var i = 0; i + size <= bytes.Length; i++)
        {
            var bits = float.PositiveInfinity;
            for (var o = i; o <= i + size - gramLength; o++)
            {
                bits = Math.Min(bits, _bits[o]);
            }

            bits -= FoldedLetters(run, i, size);
            var score = Math.Min(bits, EnoughBits) + (Math.Max(0, bits - EnoughBits) / 16) - cost;
            if (score > best.Bits)
            {
                var (first, last) = WindowOf(bytes.Slice(i, size));
                score -= CostOfSharing(_uses[UseSlot(gram, first, last)]);
                var isFlat = GramHash.IsFlat(gram, first, last)
                    || (gram == GramClass.Fifteen && Bits(bytes.Slice(i, size)) < EnoughLongBits);
                if (score > best.Bits && !isFlat)
                {
                    var isCrowded = _crowds[CrowdSlot(bytes, i, gram)] >= Crowd;
                    best = new AnchorChoice(run.Part, run.Min + i, run.Max + i, run, i, gram, score, isCrowded);
                }
            }
        }
    }

    /// <summary>
    /// Bodies that share a window are woken together: twice as many cost a bit in benign files. Each costs half a bit
    /// more, so that data made of one such window cannot wake many where there is a choice.
    /// </summary>
    private static float CostOfSharing(int uses) => MathF.Log2(1 + uses) + (uses / 2f);

    /// <summary>Bytes of a class's window that each of its grams is sure to hold: a window of 4 is met by 3 and any byte.</summary>
    private static int GramLength(GramClass gram) => gram switch
    {
        GramClass.Fifteen => 8,
        GramClass.Seven => 4,
        GramClass.Five => 4,
        GramClass.Four => 3,
        GramClass.Three => 3,
        GramClass.Two => 2,
    };

    /// <summary>Where the context starts: after the window, before it, or as far outside as the run goes; -1 = the run is too short.</summary>
    private static int ContextOf(int position, int size, int runLength) =>
        position + size + 4 <= runLength ? position + size
        : position >= 4 ? position - 4
        : runLength - 4;

    private static (ulong First, ulong Last) WindowOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        bytes.CopyTo(padded);
        return (
            BinaryPrimitives.ReadUInt64LittleEndian(padded),
            bytes.Length == (int)GramClass.Fifteen ? BinaryPrimitives.ReadUInt64LittleEndian(padded[7..]) : 0);
    }

    private static int FoldedLetters(FixedRun run, int start, int count) => run.Folded.Span.Slice(start, count).Count((byte)1);

    /// <summary>
    /// Counts the window and those that overlap it by half or more: data that holds one holds these, so bodies that
    /// took different ones of them would still be woken together.
    /// </summary>
    private void CountUse(ReadOnlySpan<byte> run, int position, GramClass gram)
    {
        var size = (int)gram;
        for (var i = Math.Max(0, position - (size / 2)); i <= Math.Min(run.Length - size, position + (size / 2)); i++)
        {
            var (first, last) = WindowOf(run.Slice(i, size));
            Increment(ref _uses[UseSlot(gram, first, last)]);
            Increment(ref _crowds[CrowdSlot(run, i, gram)]);
        }
    }

    private static void Increment(ref byte count) => count = (byte)Math.Min(count + 1, byte.MaxValue);

    /// <summary>Of a window with its context.</summary>
    private int CrowdSlot(ReadOnlySpan<byte> run, int position, GramClass gram)
    {
        var (first, last) = WindowOf(run.Slice(position, (int)gram));
        var context = ContextOf(position, (int)gram, run.Length);
        var word = context < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(run[context..]) | GramHash.Fold;
        return GramHash.Bucket(GramHash.Window(gram, first, last) ^ GramHash.Window(GramClass.Four, word, (ulong)(context - position)), log2);
    }

    private int UseSlot(GramClass gram, ulong first, ulong last) => GramHash.Bucket(GramHash.Window(gram, first, last), log2);
}
