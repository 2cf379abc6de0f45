using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>The sections that scanning uses, located and checked against each other once when the image is opened.</summary>
internal sealed class ImageTables
{
    /// <summary>Signature targets 0 to 14 (clamav-formats.md §3.6).</summary>
    public const int Targets = 15;

    private readonly Section[] _filters = new Section[Targets * FilterPasses.Count];
    private readonly Section[] _alignments = new Section[FilterPasses.Count];
    private readonly WindowTable[] _windows = new WindowTable[(int)GramClass.Eight + 1];
    private readonly HashTable[] _hashes = new HashTable[HashTable.Purposes.Length * 3 * 2];

    private ImageTables()
    {
    }

    public Section Names { get; private init; }

    public Section NameBlocks { get; private init; }

    public Section NameStems { get; private init; }

    public Section NameStemStarts { get; private init; }

    public Section Signatures { get; private init; }

    public Section Bodies { get; private init; }

    public Section BodyIndex { get; private init; }

    /// <summary>See <see cref="PlaceTables"/>.</summary>
    public Section PlaceGroups { get; private init; }

    public Section PlacedBodies { get; private init; }

    public Section Members { get; private init; }

    public Section Passwords { get; private init; }

    /// <summary>Signatures that are stored and not dormant; parameter C cannot hold it, so A of the section does.</summary>
    public long ReportableSignatures { get; private init; }

    /// <summary>The filter for objects of a target: its own, or target 0's where it has none of its own.</summary>
    public Section Filter(int target, FilterPass pass)
    {
        var own = _filters[(target * FilterPasses.Count) + (int)pass];
        return own.IsPresent ? own : _filters[(int)pass];
    }

    /// <summary>True when the target has anchors of its own in the pass.</summary>
    public bool HasOwnFilter(int target, FilterPass pass) => _filters[(target * FilterPasses.Count) + (int)pass].IsPresent;

    public Section Alignments(FilterPass pass) => _alignments[(int)pass];

    public ref readonly WindowTable Windows(GramClass gram) => ref _windows[(int)gram];

    /// <summary>What logical signatures need.</summary>
    public LogicalTables Logical { get; private init; } = LogicalTables.Empty;

    public HashTable Hashes(HashPurpose purpose, HashKind kind, bool isAnySize) =>
        _hashes[((int)purpose * 6) + ((int)kind * 2) + (isAnySize ? 1 : 0)];

    /// <exception cref="ImageException">Sections that belong together do not fit each other.</exception>
    public static ImageTables Locate(SectionDirectory directory)
    {
        var signatures = directory.Entries.FirstOrDefault(e => e.Kind == SectionKind.Signatures);
        var tables = new ImageTables
        {
            Names = directory.Find(SectionKind.Names),
            NameBlocks = directory.Find(SectionKind.NameBlocks),
            NameStems = directory.Find(SectionKind.NameStems),
            NameStemStarts = directory.Find(SectionKind.NameStemStarts),
            Signatures = directory.Find(SectionKind.Signatures, signatures?.A ?? 0),
            Bodies = directory.Find(SectionKind.Bodies),
            BodyIndex = directory.Find(SectionKind.BodyIndex),
            PlaceGroups = directory.Find(SectionKind.PlaceGroups),
            PlacedBodies = directory.Find(SectionKind.PlacedBodies),
            Members = directory.Find(SectionKind.Members),
            Passwords = directory.Find(SectionKind.Passwords),
            ReportableSignatures = signatures?.A ?? 0,
            Logical = LogicalTables.Locate(directory),
        };
        Expect(tables.Signatures.Length == 4L * tables.Signatures.Count, "signatures");
        Expect(tables.ReportableSignatures <= tables.Signatures.Count, "signatures");
        Expect(tables.BodyIndex.Length == 4L * tables.BodyIndex.Count, "body index");
        Expect(tables.PlaceGroups.Length == (long)PlaceTables.GroupSize * tables.PlaceGroups.Count, "places");
        Expect(tables.PlacedBodies.Length == (long)PlaceTables.EntrySize * tables.PlacedBodies.Count, "places");
        Expect(tables.NameBlocks.Length == 4L * tables.NameBlocks.Count, "name blocks");
        Expect(tables.NameStemStarts.Length == 4L * tables.NameStemStarts.Count, "stems of names");
        foreach (var gram in FilterPasses.Classes)
        {
            tables._windows[(int)gram] = WindowTable.Locate(directory, gram);
        }

        foreach (var pass in FilterPasses.All)
        {
            tables.LocateFilters(directory, pass);
        }

        foreach (var purpose in HashTable.Purposes)
        {
            foreach (var kind in (ReadOnlySpan<HashKind>)[HashKind.Md5, HashKind.Sha1, HashKind.Sha256])
            {
                tables._hashes[((int)purpose * 6) + ((int)kind * 2)] = HashTable.Locate(directory, purpose, kind, isAnySize: false);
                tables._hashes[((int)purpose * 6) + ((int)kind * 2) + 1] = HashTable.Locate(directory, purpose, kind, isAnySize: true);
            }
        }

        return tables;
    }

    internal static void Expect(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged($"the tables of {what} do not fit each other");
        }
    }

    private void LocateFilters(SectionDirectory directory, FilterPass pass)
    {
        var alignments = directory.Find(SectionKind.Alignments, 0, (uint)pass);
        Expect(!alignments.IsPresent || (alignments.Log2 > 0 && alignments.Length == 1L << alignments.Log2), "alignments");
        _alignments[(int)pass] = alignments;
        for (var target = 0; target < Targets; target++)
        {
            var filter = directory.Find(SectionKind.Filter, (uint)target, (uint)pass);
            Expect(!filter.IsPresent || (alignments.IsPresent && filter.Log2 > 0 && filter.Length == 4L << filter.Log2), "filters");
            _filters[(target * FilterPasses.Count) + (int)pass] = filter;
        }

        Expect(alignments.IsPresent == Filter(0, pass).IsPresent, "filters");
    }
}

/// <summary>The sections of the windows of one class: all of them or none.</summary>
/// <param name="Directory">First entry of each bucket.</param>
/// <param name="Entries">See <see cref="AnchorEntry"/>.</param>
/// <param name="Bytes">The windows of the entries.</param>
internal readonly record struct WindowTable(Section Directory, Section Entries, Section Bytes)
{
    public bool IsPresent => Entries.IsPresent;

    public const int WindowSize = sizeof(ulong);

    /// <summary>The bytes of an entry's window: see <see cref="GramHash.Window"/>.</summary>
    public ulong WindowAt(Image image, int entry) =>
        BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes(Bytes)[(entry * WindowSize)..]);

    public static WindowTable Locate(SectionDirectory directory, GramClass gram)
    {
        var table = new WindowTable(
            directory.Find(SectionKind.WindowDirectory, 0, (uint)gram),
            directory.Find(SectionKind.WindowEntries, 0, (uint)gram),
            directory.Find(SectionKind.Windows, 0, (uint)gram));
        var (starts, entries, windows) = table;
        ImageTables.Expect(entries.IsPresent == starts.IsPresent && entries.IsPresent == windows.IsPresent, "anchors");
        ImageTables.Expect(!starts.IsPresent || (starts.Log2 > 0 && starts.Length == 4 * ((1L << starts.Log2) + 1)), "anchors");
        ImageTables.Expect(entries.Length == (long)AnchorEntry.Size * entries.Count, "anchors");
        ImageTables.Expect(windows.Length == (long)WindowSize * entries.Count, "anchors");
        return table;
    }
}

/// <summary>The sections of one digest table.</summary>
/// <param name="Sizes">Bitmap of hashed lengths; absent for any size.</param>
/// <param name="Lengths">u32 per digest; absent for any size.</param>
/// <param name="Signatures">u32 per digest; absent for allow lists.</param>
internal sealed record HashTable(
    HashKind Kind, Section Sizes, Section Filter, Section Directory, Section Digests, Section Lengths, Section Signatures)
{
    /// <summary>In the order of their tables.</summary>
    public static readonly HashPurpose[] Purposes =
        [HashPurpose.Detect, HashPurpose.Allow, HashPurpose.PeSection, HashPurpose.PeImports];

    public int DigestSize => SizeOf(Kind);

    public bool IsPresent => Digests.IsPresent;

    public static int SizeOf(HashKind kind) => kind switch
    {
        HashKind.Md5 => 16,
        HashKind.Sha1 => 20,
        HashKind.Sha256 => 32,
    };

    /// <summary>Parameter B of a table's sections.</summary>
    public static uint Variant(HashKind kind, bool isAnySize) => (uint)kind + (isAnySize ? 16u : 0u);

    public static HashTable Locate(SectionDirectory directory, HashPurpose purpose, HashKind kind, bool isAnySize)
    {
        Section Find(SectionKind section) => directory.Find(section, (uint)purpose, Variant(kind, isAnySize));
        var table = new HashTable(
            kind,
            Find(SectionKind.HashSizes),
            Find(SectionKind.HashFilter),
            Find(SectionKind.HashDirectory),
            Find(SectionKind.HashDigests),
            Find(SectionKind.HashLengths),
            Find(SectionKind.HashSignatures));
        if (!table.IsPresent)
        {
            return table;
        }

        var count = table.Digests.Count;
        ImageTables.Expect(table.Digests.Length == (long)count * table.DigestSize, "digests");
        ImageTables.Expect(isAnySize || table.Sizes.Length == Math.Max(4L, (1L << table.Sizes.Log2) / 8), "digests");
        ImageTables.Expect(table.Filter.Length == 64L << table.Filter.Log2, "digests");
        ImageTables.Expect(table.Directory.Length == 4 * ((1L << table.Directory.Log2) + 1), "digests");
        ImageTables.Expect(table.Lengths.Length == (isAnySize ? 0 : 4L * count), "digests");
        ImageTables.Expect(table.Signatures.Length == (purpose == HashPurpose.Allow ? 0 : 4L * count), "digests");
        return table;
    }
}
