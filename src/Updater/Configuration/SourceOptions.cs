namespace Updater.Configuration;

/// <summary>One place where definitions come from.</summary>
internal sealed class SourceOptions
{
    /// <summary>Unique; 1 to 40 characters of <c>a-z 0-9 -</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>One of <see cref="SourceKinds"/>.</summary>
    public string Kind { get; init; } = SourceKinds.Channel;

    /// <summary>Of a channel: <c>https://</c>, <c>http://</c>, <c>file://</c> or a folder.</summary>
    public string Url { get; init; } = "";

    /// <summary>
    /// Of a mirror: bases, tried in order. Of files: one address a file, each may end in <c>#sha256=HEX</c>.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>The channel's initial trusted root metadata, obtained out of band.</summary>
    public string Root { get; init; } = "";

    /// <summary>Time between checks of this source; null = that of <see cref="UpdatesOptions"/>.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>False: kept in the configuration, never asked.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Bytes of one file of a mirror or custom address; a longer one is refused.</summary>
    public long MaxFileBytes { get; init; } = 1L << 30;

    public MirrorOptions Mirror { get; init; } = new();

    public CustomFileOptions Files { get; init; } = new();

    public AccessOptions Access { get; init; } = new();

    /// <summary>For status and logs: no fragment, no secret.</summary>
    public string Address => Kind == SourceKinds.Channel ? Url : string.Join(", ", Urls.Select(url => url.Split('#')[0]));
}

/// <summary>The words for kinds of sources.</summary>
internal static class SourceKinds
{
    /// <summary>Signed packages of this program's own publisher.</summary>
    public const string Channel = "channel";

    /// <summary>A mirror of ClamAV databases (clamav-formats.md §2).</summary>
    public const string ClamAv = "clamav";

    /// <summary>Single signature files.</summary>
    public const string Files = "files";
}

/// <summary>What only a mirror of ClamAV databases has.</summary>
internal sealed class MirrorOptions
{
    /// <summary>Each becomes a package of that name; asked for in this order.</summary>
    public IReadOnlyList<string> Databases { get; init; } = ["daily", "main", "bytecode"];

    /// <summary>No DNS and no patches; <c>DB.cld</c> is asked for before <c>DB.cvd</c>.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>False: always whole files.</summary>
    public bool UsesPatches { get; init; } = true;

    /// <summary>The TXT record with the current versions; empty = ask the mirrors.</summary>
    public string DnsRecord { get; init; } = "";

    /// <summary><c>IP</c> or <c>IP:port</c>; empty = the system's first name server.</summary>
    public string DnsServer { get; init; } = "";

    /// <summary>A file with a private publisher's keys; empty = the published keys of the format.</summary>
    public string PublicKeys { get; init; } = "";

    /// <summary>A folder with trusted certificates for <c>.sign</c> files; empty = those files are not asked for.</summary>
    public string Certificates { get; init; } = "";
}

/// <summary>What only custom files have.</summary>
internal sealed class CustomFileOptions
{
    /// <summary>True: each file has a <c>.sha256</c> beside it, and must fit it.</summary>
    public bool HasChecksums { get; init; }

    /// <summary>A minisign public key or a file with one: each file has a <c>.minisig</c> beside it, and must fit it. Empty = none.</summary>
    public string MinisignKey { get; init; } = "";
}

/// <summary>How a source's servers are reached; the same for every kind.</summary>
internal sealed class AccessOptions
{
    /// <summary><c>http://HOST:PORT</c>; <c>none</c>; empty = what the environment says (<c>HTTPS_PROXY</c> and its relatives).</summary>
    public string Proxy { get; init; } = "";

    /// <summary><see cref="SecretReference"/> to <c>user:password</c>; empty = none.</summary>
    public string ProxyCredentials { get; init; } = "";

    /// <summary>PEM file: only servers whose certificate leads to one of these are trusted. Empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>PEM file with the client's certificate; empty = none.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>PEM file with its key; empty = in the same file.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary><see cref="SecretReference"/> to a bearer token; empty = none.</summary>
    public string Token { get; init; } = "";

    /// <summary>Empty = <c>updater/VERSION</c>.</summary>
    public string UserAgent { get; init; } = "";
}
