namespace Updater.Listeners.Clamd;

/// <summary>The commands that are told apart (clamav-formats.md §5.2).</summary>
internal enum ClamdVerb
{
    Unknown = 0,
    Ping,
    Version,
    VersionCommands,
    Reload,
    Scan,
    ContScan,
    MultiScan,
    AllMatchScan,
    InStream,
    IdSession,
    End,

    /// <summary>SHUTDOWN and QUIT: the scan plane does not end the service, so they are refused in words.</summary>
    Refused,

    /// <summary>DETSTATS and DETSTATSCLEAR: closed without a reply, as ever.</summary>
    Obsolete,
}

/// <param name="Argument">Path in wire text; empty for commands without one.</param>
internal readonly record struct ClamdCommand(ClamdVerb Verb, string Argument)
{
    /// <summary>The commands of the VERSIONCOMMANDS answer: those that do something here.</summary>
    public const string Names = "SCAN RELOAD PING CONTSCAN VERSIONCOMMANDS VERSION END MULTISCAN IDSESSION INSTREAM ALLMATCHSCAN";

    /// <summary>
    /// Reads a command: case-sensitive, argument after exactly one blank (further blanks belong to it), a missing or
    /// superfluous argument and old framing where it is not accepted make it unknown.
    /// </summary>
    public static ClamdCommand Parse(ClamdLine line)
    {
        var blank = line.Text.IndexOf(' ', StringComparison.Ordinal);
        var word = blank < 0 ? line.Text : line.Text[..blank];
        var argument = blank < 0 ? "" : line.Text[(blank + 1)..];
        var verb = VerbOf(word);
        var isMalformed = TakesPath(verb) ? argument.Length == 0 : blank >= 0;
        return isMalformed || (line.Framing == ClamdFraming.Old && !HasOldForm(verb))
            ? new ClamdCommand(ClamdVerb.Unknown, "")
            : new ClamdCommand(verb, argument);
    }

    /// <summary>True for the commands that may stand between IDSESSION and END (§5.8).</summary>
    public static bool IsAllowedInSession(ClamdVerb verb) =>
        verb is ClamdVerb.Ping or ClamdVerb.Version or ClamdVerb.VersionCommands or ClamdVerb.Scan or ClamdVerb.InStream or ClamdVerb.End;

    public static bool TakesPath(ClamdVerb verb) =>
        verb is ClamdVerb.Scan or ClamdVerb.ContScan or ClamdVerb.MultiScan or ClamdVerb.AllMatchScan;

    private static ClamdVerb VerbOf(string word) => word switch
    {
        "PING" => ClamdVerb.Ping,
        "VERSION" => ClamdVerb.Version,
        "VERSIONCOMMANDS" => ClamdVerb.VersionCommands,
        "RELOAD" => ClamdVerb.Reload,
        "SCAN" => ClamdVerb.Scan,
        "CONTSCAN" => ClamdVerb.ContScan,
        "MULTISCAN" => ClamdVerb.MultiScan,
        "ALLMATCHSCAN" => ClamdVerb.AllMatchScan,
        "INSTREAM" => ClamdVerb.InStream,
        "IDSESSION" => ClamdVerb.IdSession,
        "END" => ClamdVerb.End,
        "SHUTDOWN" or "QUIT" => ClamdVerb.Refused,
        "DETSTATS" or "DETSTATSCLEAR" => ClamdVerb.Obsolete,
        _ => ClamdVerb.Unknown,
    };

    private static bool HasOldForm(ClamdVerb verb) =>
        verb is ClamdVerb.Ping or ClamdVerb.Version or ClamdVerb.Reload or ClamdVerb.Scan or ClamdVerb.ContScan
            or ClamdVerb.MultiScan or ClamdVerb.Refused;
}
