namespace Updater;

/// <summary>Exit statuses of cli.md; what each means depends on the verb.</summary>
internal enum ExitCode
{
    Success = 0,

    /// <summary>Failed, found something, no definitions, warning: see the verb.</summary>
    Failure = 1,

    /// <summary>Usage or configuration; for <c>scan</c> errors and nothing found; for <c>check</c> critical.</summary>
    Usage = 2,

    /// <summary>Timed out waiting; for <c>check</c> unknown.</summary>
    TimedOut = 3,

    /// <summary>Refused by a gate, a pin or a hold.</summary>
    Refused = 4,
}
