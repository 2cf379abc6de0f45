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
/// Collects signatures in packed form and writes them as sections of one image. Memory per digest: its bytes, 8 for
/// length and signature, the front-coded name; per body its program.
/// </summary>
internal sealed class ImageBuilder
{
    private readonly List<PackageId> _packages = [];
    private readonly NameTableBuilder _names = new();
    private readonly ByteBuffer _signatures = new();
    private readonly BodyEncoder _bodies = new(new AnchorModel());
    private readonly List<Anchor> _anchors = [];
    private readonly HashTableBuilder[] _hashes;
    private readonly ByteBuffer _members = new();
    private readonly ByteBuffer _passwords = new();
    private ImageFeatures _features;
    private readonly LogicalEncoder _logical;
    private readonly ByteBuffer _fileTypes = new();
    private readonly ByteBuffer _phishing = new();
    private readonly ByteBuffer _ignored = new();
    private uint _reportable;

    public ImageBuilder()
    {
        _logical = new LogicalEncoder(_bodies, _anchors.Add);
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
        $"{ImageFormat.Major}.{ImageFormat.Minor} {GramHash.KeyA} {GramHash.KeyB} {GramHash.KeyC} {AnchorModel.Version} {EngineVersion.FunctionalityLevel}")));

    private uint SignatureCount => (uint)_signatures.Length / 4;

    /// <summary>Adds a package and returns its index.</summary>
    public ushort AddPackage(PackageId package)
    {
        _packages.Add(package);
        return checked((ushort)(_packages.Count - 1));
    }

    /// <summary>Notes a name that this package's lists take out of other packages.</summary>
    public void AddIgnored(string name) => IgnoredNames.Write(_ignored, name);

    /// <summary>Adds one signature; what ignore entries take out is the caller's.</summary>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public AddedAs Add(Signature signature, ushort package, bool isOfficial)
    {
        switch (signature)
        {
            case HashSignature hash:
                return AddHash(hash, package, isOfficial);
            case BodySignature body:
                _features |= ImageFeatureWord.Of(body);
                var anchor = _bodies.Add(body, SignatureCount);
                if (anchor is { } found)
                {
                    _anchors.Add(found);
                }

                if (body.Offset.Base == OffsetBase.MacroGroup)
                {
                    _logical.AddMacroMember(body.Offset.Index, (uint)_bodies.Count - 1);
                }

                return AddEntry(body.Name, package, isOfficial, isDormant: anchor is null);
            case MemberSignature member:
                MemberTable.Write(_members, member, SignatureCount);
                return AddEntry(member.Name, package, isOfficial, isDormant: false);
            case PasswordSignature password:
                PasswordTable.Write(_passwords, password);
                return AddedAs.Auxiliary;
            case UnmatchedSignature:
                return AddedAs.Auxiliary;
            case LogicalSignature logical:
                _logical.Add(logical, SignatureCount);
                _features |= ImageFeatureWord.Of(logical);
                var needsIcon = logical.Description.IconGroup1 is not null || logical.Description.IconGroup2 is not null;
                return AddEntry(logical.Name, package, isOfficial, isDormant: needsIcon, isRule: logical.ListedName is not null);
            case FileTypeMagic magic:
                TypeTable.Append(_fileTypes, magic);
                return AddedAs.Auxiliary;
            case PhishingRule rule:
                PhishingSection.Append(_phishing, rule, package);
                return AddedAs.Auxiliary;
            default:
                throw new ArgumentException($"A {signature.GetType().Name} has no place in an image.", nameof(signature));
        }
    }

    /// <summary>Writes the image.</summary>
    /// <exception cref="OverflowException">A section would be longer than 2 GiB.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public (long Length, Digest Digest) Write(
        string path, long generationNumber, Digest inputDigest, DateTimeOffset buildTime, CancellationToken cancellationToken)
    {
        var writer = new ImageWriter();
        var packages = new ByteBuffer();
        PackageTable.Write(packages, _packages);
        _logical.Write(writer);
        AnchorTables.Write(writer, _bodies.FinishAnchors(_anchors));
        foreach (var table in _hashes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            table.Write(writer);
        }

        ImageFeatureWord.Write(writer, _features);
        writer.Add(SectionKind.Bodies, _bodies.Bodies.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.BodyIndex, _bodies.Index.Written, 4, SectionFlags.None);
        writer.Add(SectionKind.Members, _members.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Passwords, _passwords.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Signatures, _signatures.Written, 4, SectionFlags.None, a: _reportable);
        writer.Add(SectionKind.Names, _names.Names.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.NameBlocks, _names.Blocks.Written, 4, SectionFlags.None);
        writer.Add(SectionKind.FileTypes, _fileTypes.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.PhishingRules, _phishing.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Ignored, _ignored.Written, 1, SectionFlags.None);
        writer.Add(SectionKind.Packages, packages.Written, 1, SectionFlags.None);
        return writer.Write(path, generationNumber, inputDigest, OptionsDigest, buildTime, cancellationToken);
    }

    private AddedAs AddHash(HashSignature hash, ushort package, bool isOfficial)
    {
        var table = _hashes[((int)hash.Purpose * 6) + ((int)hash.Kind * 2) + (hash.Size is null ? 1 : 0)];
        table.Add(hash, SignatureCount);
        _features |= ImageFeatureWord.Of(hash);
        return hash.Purpose == HashPurpose.Allow
            ? AddedAs.Allowing
            : AddEntry(hash.Name, package, isOfficial, isDormant: false);
    }

    private AddedAs AddEntry(string name, ushort package, bool isOfficial, bool isDormant, bool isRule = false)
    {
        _names.Add(name);
        _signatures.AddUInt16(package);
        var flags = SignatureTable.FlagsFor(name, isOfficial)
            | (isDormant ? SignatureFlags.Dormant : SignatureFlags.None)
            | (isRule ? SignatureFlags.Rule : SignatureFlags.None);
        _signatures.AddUInt16((ushort)flags);
        _reportable += isDormant ? 0u : 1u;
        return isDormant ? AddedAs.Dormant : AddedAs.Reportable;
    }
}
