namespace Updater.Configuration;

internal sealed class ListenersOptions
{
    public ClamdOptions Clamd { get; init; } = new();

    public HttpOptions Http { get; init; } = new();
}

/// <summary>The clamd protocol (clamav-formats.md §5).</summary>
internal sealed class ClamdOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Addresses with port; port 0 picks a free one.</summary>
    public IList<string> Tcp { get; init; } = [];

    /// <summary>Socket path, relative to the data folder; empty = none.</summary>
    public string Unix { get; init; } = "clamd.sock";

    /// <summary>Largest INSTREAM total; one byte more is answered with the size-limit error.</summary>
    public long StreamMaxLength { get; init; } = 104_857_600;

    public TimeSpan CommandReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Path scans (SCAN and its relatives) on the Unix socket and on loopback; other addresses never take them.</summary>
    public bool AllowPathScans { get; init; } = true;

    /// <summary>Connections at one time; further ones wait in the kernel's backlog.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>What stands before the first slash of the VERSION answer; some clients insist on <c>ClamAV NUMBER</c>.</summary>
    public string VersionName { get; init; } = Product.NameAndVersion;
}

/// <summary>The HTTP API and metrics.</summary>
internal sealed class HttpOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Addresses with port; port 0 picks a free one.</summary>
    public IList<string> Addresses { get; init; } = [];

    /// <summary>Largest body of a scan request; one byte more is answered 413 with the limit.</summary>
    public long MaxScanBytes { get; init; } = 104_857_600;
}

/// <summary>Log levels and files.</summary>
internal sealed class LoggingOptions
{
    /// <summary><c>verbose, debug, information, warning, error</c>.</summary>
    public string Level { get; init; } = "information";

    /// <summary>Size at which a log file is rolled.</summary>
    public long FileSizeLimitBytes { get; init; } = 10_485_760;

    /// <summary>Rolled files kept.</summary>
    public int RetainedFiles { get; init; } = 5;
}
