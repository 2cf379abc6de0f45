namespace Engine.Images;

/// <summary>The numbers of the image file (matcher-design.md §3.1): little-endian, offsets from the start of the file.</summary>
internal static class ImageFormat
{
    public const int HeaderSize = 4096;
    public const int DirectoryEntrySize = 64;
    public const int HeaderDigestOffset = HeaderSize - 32;

    /// <summary>Reads as <c>UPDIMAGE</c> in a dump.</summary>
    public const ulong Magic = 0x4547_414D_4944_5055;

    public const uint EndiannessMarker = 0x0102_0304;

    /// <summary>Raised when older readers would misread the file.</summary>
    public const ushort Major = 5;

    /// <summary>Raised when sections are added that older readers may skip.</summary>
    public const ushort Minor = 0;

    /// <summary>Every section starts at a multiple of this; large hot ones at <see cref="HotAlignment"/>.</summary>
    public const int Alignment = 4096;

    public const int HotAlignment = 65536;

    /// <summary>Zero bytes after each section, so that a vector kernel may read past its end.</summary>
    public const int Padding = 64;

    /// <summary>Bytes covered by one digest of the leaf list.</summary>
    public const int LeafSize = 1 << 20;

    /// <summary>More sections than this format has kinds and parameters for; bounds the work of opening.</summary>
    public const int MaxSections = 1024;

    /// <summary>Packages in one image: a signature names its package in 16 bits.</summary>
    public const int MaxPackages = 4096;

    /// <summary>Names that are read one after the other from the start of a block.</summary>
    public const int NamesPerBlock = 16;
}

/// <summary>What a section holds. Numbers are part of the format: never reuse one.</summary>
internal enum SectionKind : uint
{
    /// <summary>Name, version and flags of each package, in the order of the compile request.</summary>
    Packages = 1,

    /// <summary>Names in signature order (<c>NameTableBuilder</c>).</summary>
    Names = 2,

    /// <summary>u32 start in <see cref="Names"/> of every 16th name.</summary>
    NameBlocks = 3,

    /// <summary>Per signature u16 package, u16 flags.</summary>
    Signatures = 4,

    /// <summary>One u32 of <see cref="ImageFeatures"/>; absent when no signature asks for anything.</summary>
    Features = 5,

    /// <summary>What names have around their numbers (<c>NameStems</c>).</summary>
    NameStems = 6,

    /// <summary>u32 start in <see cref="NameStems"/> of each stem.</summary>
    NameStemStarts = 7,

    /// <summary>A = target, B = filter pass, C = log2 of its 32-bit words. Holds the target's own and target 0's grams.</summary>
    Filter = 16,

    /// <summary>B = gram class; C = log2 buckets; 2^C + 1 words of <c>AnchorBucket</c>.</summary>
    WindowDirectory = 17,

    /// <summary>B as above; 16 bytes each (<c>AnchorEntry</c>).</summary>
    WindowEntries = 18,

    /// <summary>B = filter pass; 2^C bytes: at which places of which windows a gram stands (<c>FilterPasses</c>).</summary>
    Alignments = 19,

    /// <summary>B = gram class; the windows of the entries, 8 or 16 bytes each, for joining the filters of several images.</summary>
    Windows = 20,

    /// <summary>Places that are looked at once per object (<c>PlaceTables</c>).</summary>
    PlaceGroups = 21,

    /// <summary>The bodies of each place.</summary>
    PlacedBodies = 22,

    /// <summary>Body records (<c>BodyRecord</c>).</summary>
    Bodies = 24,

    /// <summary>u32 start of each body record.</summary>
    BodyIndex = 25,

    /// <summary>16 bytes per logical signature (<c>LogicalRecord</c>).</summary>
    Logical = 40,

    /// <summary>12 bytes per subsignature (<c>SubsignatureRecord</c>).</summary>
    Subsignatures = 41,

    /// <summary>Conditions, expressions, regular expressions, byte comparisons, macros and formulas.</summary>
    LogicalCode = 42,

    /// <summary>u32 lists per body: cap of the count, number of logical signatures that it wakes, these.</summary>
    BodyUsers = 43,

    /// <summary>A = target: u32 logical signatures that can be true without an occurrence of anything.</summary>
    LogicalAlways = 44,

    /// <summary>Pairs of u32, ascending: macro group, body.</summary>
    MacroMembers = 45,

    /// <summary>Sorted by hash, 12 bytes each: fuzzy image hash u64, logical signature u32.</summary>
    FuzzyHashes = 46,

    /// <summary>A = purpose, B = digest kind: bitmap of hashed object lengths, 2^C bits.</summary>
    HashSizes = 32,

    /// <summary>A, B as above, plus 16 in B for entries of any size; 2^C lines of 64 bytes.</summary>
    HashFilter = 33,

    /// <summary>2^C + 1 u32: first digest with these top bits.</summary>
    HashDirectory = 34,

    /// <summary>Sorted digests of 16, 20 or 32 bytes.</summary>
    HashDigests = 35,

    /// <summary>u32 object length of each digest; absent for any size.</summary>
    HashLengths = 36,

    /// <summary>u32 signature of each digest; absent for allow lists.</summary>
    HashSignatures = 37,

    /// <summary>Names of the package's ignore lists (<c>IgnoredNames</c>).</summary>
    Ignored = 38,

    /// <summary>Lines of file type magic, in the order of the input (<c>TypeTable</c>).</summary>
    FileTypes = 48,

    /// <summary>Rules about links in mail (<c>PhishingSection</c>).</summary>
    PhishingRules = 49,

    /// <summary>Signatures about members of containers (<c>MemberTable</c>).</summary>
    Members = 80,

    /// <summary>Passwords of archives (<c>PasswordTable</c>).</summary>
    Passwords = 81,

    /// <summary>SHA-256 per MiB of every other section; its own digest stands in the header.</summary>
    Leaves = 64,
}

[Flags]
internal enum SectionFlags : uint
{
    None = 0,

    /// <summary>Read for most objects.</summary>
    Hot = 1,

    /// <summary>A reader that does not know the kind must refuse the image.</summary>
    Required = 2,
}

/// <summary>Bytes of the window that an anchor is looked for by (matcher-design.md §2.4).</summary>
internal enum GramClass
{
    Two = 2,
    Three = 3,
    Four = 4,
    Five = 5,
    Eight = 8,
}

[Flags]
internal enum SignatureFlags : ushort
{
    None = 0,

    /// <summary>Potentially unwanted: reported only if nothing strong matched (clamav-formats.md §3.13).</summary>
    Weak = 1,

    /// <summary>The name ends in <c>.UNOFFICIAL</c> (§3.1).</summary>
    Unofficial = 2,

    /// <summary>Stored and counted apart, never matched by this engine.</summary>
    Dormant = 4,

    /// <summary>A YARA rule: ignore lists name it without its prefix (§3.5).</summary>
    Rule = 8,
}
