using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>What the extension of a file says of its content (clamav-formats.md §3.2).</summary>
internal static class SignatureFormats
{
    private static readonly HashLine _detect = new(HashPurpose.Detect);
    private static readonly HashLine _allow = new(HashPurpose.Allow);
    private static readonly HashLine _section = new(HashPurpose.PeSection);
    private static readonly HashLine _imports = new(HashPurpose.PeImports);
    private static readonly BodyLine _body = new();
    private static readonly LogicalLine _logical = new();
    private static readonly LegacyBodyLine _legacyBody = new();
    private static readonly MemberLine _member = new();
    private static readonly LegacyMemberLine _zipMember = new(FileTypeName.Zip);
    private static readonly LegacyMemberLine _rarMember = new(FileTypeName.Rar);
    private static readonly PasswordLine _password = new();
    private static readonly IconLine _icon = new();
    private static readonly CertificateLine _certificate = new();
    private static readonly SwitchLine _switch = new();
    private static readonly IgnoreLine _ignore = new();
    private static readonly FileTypeLine _fileTypes = new();
    private static readonly PhishingLine _protectedDomains =
        new('R', PhishingRuleKind.ProtectedPattern, 'H', PhishingRuleKind.ProtectedHost);

    private static readonly PhishingLine _allowedDomains =
        new('X', PhishingRuleKind.AllowedPattern, 'M', PhishingRuleKind.AllowedHosts);

    private static readonly AddressLine _addresses = new();

    /// <summary>The format of a file of lines; null for everything else.</summary>
    public static SignatureLineFormat? OfLines(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() switch
        {
            ".hdb" or ".hsb" or ".hdu" or ".hsu" => _detect,
            ".fp" or ".sfp" => _allow,
            ".mdb" or ".msb" or ".mdu" or ".msu" => _section,
            ".imp" => _imports,
            ".ndb" or ".ndu" or ".sdb" => _body,
            ".ldb" or ".ldu" => _logical,
            ".db" => _legacyBody,
            ".cdb" => _member,
            ".zmd" => _zipMember,
            ".rmd" => _rarMember,
            ".pwdb" => _password,
            ".idb" => _icon,
            ".crb" => _certificate,
            ".cfg" => _switch,
            ".ign2" or ".ign" => _ignore,
            ".ftm" => _fileTypes,
            ".pdb" => _protectedDomains,
            ".wdb" => _allowedDomains,
            ".gdb" => _addresses,
            _ => null,
        };

    /// <summary>True for ignore lists, which name signatures of other files and so have to be read first.</summary>
    public static bool IsIgnoreList(string fileName) => OfLines(fileName) == _ignore;

    /// <summary>True for sets that load only when <see cref="UnwantedPolicy"/> says so.</summary>
    public static bool IsUnwantedSet(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() is ".hdu" or ".hsu" or ".mdu" or ".msu" or ".ndu" or ".ldu";

    /// <summary>Why a file that belongs to a database holds nothing to load; null when it does, or belongs to none.</summary>
    public static (string Code, string Message)? Inert(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() switch
        {
            ".cbc" => (SignatureCodes.Bytecode, "A bytecode program (.cbc): counted, not run."),
            ".info" => (SignatureCodes.ContainerIndex,
                "The index of a container (.info): it is checked when its container is opened, and holds no signatures."),
            _ => null,
        };
}
