using System.Globalization;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Phishing;

namespace Engine.Images;

/// <summary>What became of a signature.</summary>
internal enum AddedAs
{
    /// <summary>It can be reported.</summary>
    Reportable = 0,

    /// <summary>It allows an object.</summary>
    Allowing = 1,

    /// <summary>It is stored and cannot match in this engine.</summary>
    Dormant = 2,

    /// <summary>It steers how objects are looked at, or has no effect in this engine; nothing is reported under its name.</summary>
    Auxiliary = 3,
}

/// <summary>
/// Collects signatures in packed form and writes them as sections of one image. Memory per digest: its bytes, 12 for
/// length, signature and package, its packed name; per body what the index and the anchor take, its program waits
/// in the spill file.
/// </summary>
internal sealed class ImageBuilder
{
    private readonly List<PackageId> _packages = [];
    private readonly NameTableBuilder _names = new();
    private readonly ChunkedList<uint> _signatures = new();
    private readonly SignatureEncoder _encoder = new();
    private readonly BodyEncoder _bodies;
    private readonly HashTableBuilder[] _hashes;
    private readonly ByteBuffer _members = new();
    private readonly ByteBuffer _passwords = new();
    private ImageFeatures _features;
    private readonly LogicalEncoder _logical;
    private readonly ByteBuffer _fileTypes = new();
    private readonly ByteBuffer _phishing = new();
    private readonly ByteBuffer _ignored = new();
    private uint _reportable;

    /// <param name="spill">The caller's; null: everything stays in memory.</param>
    /// <param name="sourceBytes">Of the files that are to be added, about.</param>
    public ImageBuilder(SpillFile? spill = null, long sourceBytes = 0)
    {
        _bodies = new BodyEncoder(new AnchorModel(AnchorModel.Log2For(sourceBytes)), spill);
        _logical = new LogicalEncoder(_bodies, AddHeat);
        _hashes =
        [
            .. from purpose in HashTable.Purposes
               from kind in (HashKind[])[HashKind.Md5, HashKind.Sha1, HashKind.Sha256]
               from isAnySize in (bool[])[false, true]
               select new HashTableBuilder(purpose, kind, isAnySize),
        ];
    }

    /// <summary>Everything besides the inputs that decides the bytes.</summary>
    public static Digest OptionsDigest { get; } = Digest.Of(Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{ImageFormat.Major}.{ImageFormat.Minor} {GramHash.KeyA} {GramHash.KeyB} {GramHash.KeyC} {AnchorModel.Version} {GramModel.Shipped.Digest} {EngineVersion.FunctionalityLevel}")));

    /// <summary>What common bytes cost.</summary>
    public AnchorHeat Heat { get; } = new();

    private uint SignatureCount => (uint)_signatures.Count;

    /// <summary>Adds a package and returns its index.</summary>
    public ushort AddPackage(PackageId package)
    {
        _packages.Add(package);
        return checked((ushort)(_packages.Count - 1));
    }

    /// <summary>Notes a name that this package's lists take out of other packages.</summary>
    public void AddIgnored(string name) => IgnoredNames.Write(_ignored, name);

    /// <summary>Encodes and adds one signature; what ignore entries take out is the caller's.</summary>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public AddedAs Add(Signature signature, ushort package, bool isOfficial) =>
        Add(_encoder.Encode(signature), package, isOfficial);

    /// <summary>Adds one signature; ignore entries are the caller's.</summary>
    public AddedAs Add(EncodedSignature encoded, ushort package, bool isOfficial)
    {
        Heat.Begin(encoded.Signature.Name);
        switch (encoded.Signature)
        {
            case HashSignature hash:
                return AddHash(hash, package, isOfficial);
            case BodySignature body:
                return AddBody(body, encoded.Pattern, package, isOfficial);
            case MemberSignature member:
                MemberTable.Write(_members, member, SignatureCount);
                return AddEntry(member.Name, package, isOfficial, isDormant: false);
            case PasswordSignature password:
                PasswordTable.Write(_passwords, password);
                return AddedAs.Auxiliary;
            case UnmatchedSignature:
                return AddedAs.Auxiliary;
            case LogicalSignature logical:
                _logical.Add(encoded.Logical!, SignatureCount);
                _features |= encoded.Logical!.Features;
                return AddEntry(logical.Name, package, isOfficial, encoded.Logical.IsDormant, isRule: logical.ListedName is not null);
            case FileTypeMagic magic:
                TypeTable.Append(_fileTypes, magic);
                return AddedAs.Auxiliary;
            case PhishingRule rule:
                PhishingSection.Append(_phishing, rule, package);
                return AddedAs.Auxiliary;
            default:
                throw new ArgumentException($"A {encoded.Signature.GetType().Name} has no place in an image.", nameof(encoded));
        }
    }

    /// <summary>Adds one digest.</summary>
    public AddedAs Add(in HashEntry hash, ushort package, bool isOfficial)
    {
        var table = _hashes[((int)hash.Purpose * 6) + ((int)hash.Kind * 2) + (hash.Size == 0 ? 1 : 0)];
        table.Add(hash.Value, hash.Size, SignatureCount);
        _features |= ImageFeatureWord.Of(hash.Purpose);
        return hash.Purpose == HashPurpose.Allow
            ? AddedAs.Allowing
            : AddEntry(hash.Name, package, isOfficial, isDormant: false);
    }

    /// <summary>Writes the image.</summary>
    /// <exception cref="OverflowException">A section would be longer than 2 GiB.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public (long Length, Digest Address) Write(
        string path, long generationNumber, Digest inputDigest, CancellationToken cancellationToken) =>
        Write(path, new ImageStamp(generationNumber, inputDigest, OptionsDigest), CompileScope.Quiet(cancellationToken));

    /// <inheritdoc cref="Write(string, long, Digest, CancellationToken)"/>
    public (long Length, Digest Address) Write(string path, ImageStamp stamp, CompileScope scope)
    {
        var writer = new ImageWriter();
        var packages = new ByteBuffer();
        PackageTable.Write(packages, _packages);
        var users = Sort(writer, scope);
        ImageFeatureWord.Write(writer, _features);
        _bodies.Write(writer, users);
        writer.Add(SectionKind.Members, _members.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Passwords, _passwords.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Signatures, _signatures.AsSection(), 4, SectionFlags.None, a: _reportable);
        _names.Write(writer);
        writer.Add(SectionKind.FileTypes, _fileTypes.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.PhishingRules, _phishing.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Ignored, _ignored.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Packages, packages.Written, 1, SectionFlags.None);
        return writer.Write(path, stamp, scope);
    }

    /// <summary>Lays out what has to be sorted.</summary>
    /// <returns>Where the users of each body stand.</returns>
    private uint[] Sort(ImageWriter writer, CompileScope scope)
    {
        scope.Begin(CompileStage.Sorting, _hashes.Length + 2);
        var wakes = _logical.FindWakes(scope);
        Heat.SetAlwaysEvaluated(wakes);
        var users = _logical.Write(writer, wakes);
        scope.Advance(1);
        AnchorTables.Write(writer, _bodies.FinishAnchors());
        PlaceTables.Write(writer, _bodies.Placed);
        scope.Advance(1);
        foreach (var table in _hashes)
        {
            scope.CancellationToken.ThrowIfCancellationRequested();
            table.Prepare(scope);
            table.Write(writer);
            scope.Advance(1);
        }

        return users;
    }

    private AddedAs AddHash(HashSignature hash, ushort package, bool isOfficial)
    {
        Span<byte> room = stackalloc byte[256];
        return Add(
            new HashEntry
            {
                Kind = hash.Kind,
                Purpose = hash.Purpose,
                Value = hash.Value.Span,
                Size = (uint)(hash.Size ?? 0),
                Name = Utf8(hash.Name, room),
            },
            package,
            isOfficial);
    }

    private AddedAs AddBody(BodySignature body, in EncodedPattern pattern, ushort package, bool isOfficial)
    {
        _features |= ImageFeatureWord.Of(body);
        var anchor = _bodies.Add(pattern, SignatureCount);
        if (anchor is not null)
        {
            AddHeat();
        }

        if (body.Offset.Base == OffsetBase.MacroGroup)
        {
            _logical.AddMacroMember(body.Offset.Index, (uint)_bodies.Count - 1);
        }

        return AddEntry(body.Name, package, isOfficial, isDormant: anchor is null);
    }

    private void AddHeat() => Heat.Add(_bodies.LastWindow.Span, _bodies.LastBenignHits);

    private AddedAs AddEntry(string name, ushort package, bool isOfficial, bool isDormant, bool isRule = false)
    {
        Span<byte> room = stackalloc byte[256];
        return AddEntry(Utf8(name, room), package, isOfficial, isDormant, isRule);
    }

    private AddedAs AddEntry(ReadOnlySpan<byte> name, ushort package, bool isOfficial, bool isDormant, bool isRule = false)
    {
        _names.Add(name);
        var flags = SignatureTable.FlagsFor(name, isOfficial)
            | (isDormant ? SignatureFlags.Dormant : SignatureFlags.None)
            | (isRule ? SignatureFlags.Rule : SignatureFlags.None);
        _signatures.Add(package | ((uint)flags << 16));
        _reportable += isDormant ? 0u : 1u;
        return isDormant ? AddedAs.Dormant : AddedAs.Reportable;
    }

    private static ReadOnlySpan<byte> Utf8(string text, Span<byte> room) =>
        Encoding.UTF8.TryGetBytes(text, room, out var length) ? room[..length] : Encoding.UTF8.GetBytes(text);
}
