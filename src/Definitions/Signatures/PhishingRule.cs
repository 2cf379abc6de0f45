namespace Definitions.Signatures;

/// <summary>What a line of <c>.pdb</c>, <c>.wdb</c> or <c>.gdb</c> says (clamav-formats.md §3.9). Numbers are part of the image format.</summary>
public enum PhishingRuleKind : byte
{
    /// <summary><c>R</c> of <c>.pdb</c>: a regular expression on <c>real:displayed/</c> that marks what is protected.</summary>
    ProtectedPattern = 0,

    /// <summary><c>H</c> of <c>.pdb</c>: a displayed host, with everything below it, that is protected.</summary>
    ProtectedHost = 1,

    /// <summary><c>X</c> of <c>.wdb</c>: a regular expression on <c>real:displayed/</c> that marks what is allowed.</summary>
    AllowedPattern = 2,

    /// <summary><c>M</c> of <c>.wdb</c>: <c>real:displayed</c> hosts that are allowed together.</summary>
    AllowedHosts = 3,

    /// <summary><c>S:F</c> of <c>.gdb</c>: the SHA-256 of a malicious address, of malware.</summary>
    Malware = 4,

    /// <summary><c>S1:F</c>: of a blocked address.</summary>
    Blocked = 5,

    /// <summary><c>S2:F</c>: of a phishing address.</summary>
    Phishing = 6,

    /// <summary><c>S:W</c>: of an address that is allowed.</summary>
    AllowedAddress = 7,
}

/// <summary>One rule about links in mail. What it detects is reported under a name of the engine's own, without <c>.UNOFFICIAL</c>.</summary>
public sealed class PhishingRule : Signature
{
    public const string SpoofedDomain = "Heuristics.Phishing.Email.SpoofedDomain";
    public const string SslSpoof = "Heuristics.Phishing.Email.SSL-Spoof";
    public const string CloakedNull = "Heuristics.Phishing.Email.Cloaked.Null";
    public const string MalwareAddress = "Heuristics.Safebrowsing.Suspected-malware_safebrowsing.clamav.net";
    public const string PhishingAddress = "Heuristics.Safebrowsing.Suspected-phishing_safebrowsing.clamav.net";
    public const string BlockedAddress = "Heuristics.Phishing.URL.Blocked";

    public required PhishingRuleKind Kind { get; init; }

    /// <summary>The expression, or the host names, in the spelling of the line; empty for addresses.</summary>
    public string Text { get; init; } = "";

    /// <summary>32 bytes for addresses, else empty.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }
}
