using System.Buffers.Binary;
using System.IO.Compression;
using Definitions;

namespace Engine.Matching;

/// <summary>
/// How rare bytes are in benign files (matcher-design.md §2.1): measured probabilities of folded three-byte grams, chained
/// as P(abcd…) = P(abc) · P(d|bc) · … A byte is folded with <c>| 0x20</c>, as the filters fold it, which leaves 7 bits.
/// The table is counted by <see cref="GramModelBuilder"/> and comes with the engine. Immutable.
/// </summary>
internal sealed class GramModel
{
    /// <summary>Cells of three and of two folded bytes.</summary>
    public const int ThreeCells = 1 << 21;
    public const int TwoCells = 1 << 14;

    /// <summary>A cell holds bits of information in steps of this.</summary>
    public const float Step = 0.5f;

    /// <summary>Magic, u16 version, u16 reserved, u64 counted bytes; then three- and two-byte cells, compressed (Brotli).</summary>
    public const int HeadBytes = 20;
    public const ushort Version = 1;

    private const string ResourceName = "Engine.Matching.grams.model";

    private static readonly Lazy<GramModel> _shipped = new(static () =>
    {
        using var stream = typeof(GramModel).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException("The engine was built without its table of grams.");
        return Read(stream);
    });

    private readonly byte[] _three;
    private readonly byte[] _two;

    private GramModel(byte[] three, byte[] two, long countedBytes, Digest digest)
    {
        (_three, _two) = (three, two);
        CountedBytes = countedBytes;
        Digest = digest;
    }

    /// <summary>Eight bytes that tell a table of grams.</summary>
    public static ReadOnlySpan<byte> Magic => "UPDGRAMS"u8;

    /// <summary>The table that comes with the engine.</summary>
    public static GramModel Shipped => _shipped.Value;

    /// <summary>Bytes of benign files that were counted.</summary>
    public long CountedBytes { get; }

    /// <summary>SHA-256 of the cells: what images chosen with this table have in common.</summary>
    public Digest Digest { get; }

    /// <exception cref="InvalidDataException">This is no table of grams.</exception>
    public static GramModel Read(Stream content)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (content.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes
            || !head.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(head[8..]) != Version)
        {
            throw new InvalidDataException("This is no table of grams of a version that is known.");
        }

        var cells = new byte[ThreeCells + TwoCells];
        using var brotli = new BrotliStream(content, CompressionMode.Decompress, leaveOpen: true);
        if (brotli.ReadAtLeast(cells, cells.Length, throwOnEndOfStream: false) < cells.Length)
        {
            throw new InvalidDataException("The table of grams is cut short.");
        }

        return new GramModel(
            cells[..ThreeCells], cells[ThreeCells..], BinaryPrimitives.ReadInt64LittleEndian(head[12..]), Digest.Of(cells));
    }

    /// <summary>Estimated bits of information of the bytes: they stand at one of 2^bits places in benign files.</summary>
    /// <param name="bytes">Two or more.</param>
    public float Bits(ReadOnlySpan<byte> bytes)
    {
        var pair = (Fold(bytes[0]) << 7) | Fold(bytes[1]);
        if (bytes.Length == 2)
        {
            return _two[pair] * Step;
        }

        var gram = (pair << 7) | Fold(bytes[2]);
        int steps = _three[gram];
        foreach (var next in bytes[3..])
        {
            steps += Next(ref gram, next);
        }

        return steps * Step;
    }

    /// <summary>What <see cref="RunRarity"/> tells the bits of every piece of a run from.</summary>
    /// <param name="bytes">Two or more.</param>
    /// <param name="threes">Bits of the three bytes that begin at each; as long as the bytes, two less are written.</param>
    /// <param name="sums">Bits of all bytes up to each, behind the first two; one for each byte.</param>
    public void Measure(ReadOnlySpan<byte> bytes, Span<float> threes, Span<float> sums)
    {
        (sums[0], sums[1]) = (0, 0);
        var pair = (Fold(bytes[0]) << 7) | Fold(bytes[1]);
        var steps = 0;
        for (var i = 2; i < bytes.Length; i++)
        {
            var gram = (pair << 7) | Fold(bytes[i]);
            int three = _three[gram];
            steps += Math.Max(0, three - _two[pair]);
            threes[i - 2] = three * Step;
            sums[i] = steps * Step;
            pair = gram & (TwoCells - 1);
        }
    }

    /// <summary>7 bits: all but the one that tells upper from lower case.</summary>
    public static int Fold(byte value) => ((value & 0xC0) >> 1) | (value & 0x1F);

    /// <summary>Steps of one byte behind two; never below 0, whatever rounding does.</summary>
    private int Next(ref int gram, byte value)
    {
        var pair = gram & (TwoCells - 1);
        gram = (pair << 7) | Fold(value);
        return Math.Max(0, _three[gram] - _two[pair]);
    }
}
