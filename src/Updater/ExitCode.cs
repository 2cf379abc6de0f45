using Updater.Updates;

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

/// <summary>The one place where an update's outcome becomes an exit status.</summary>
internal static class ExitCodes
{
    /// <param name="outcome">Word of <see cref="OutcomeWords"/>.</param>
    /// <param name="reason">Reason word; tells a gate's refusal from a broken download.</param>
    public static ExitCode Of(string? outcome, string? reason) => outcome switch
    {
        "activated" or "already_current" => ExitCode.Success,
        "held" => ExitCode.Refused,
        "refused" when IsGate(reason) => ExitCode.Refused,
        "failed" when reason == "configuration" => ExitCode.Usage,
        _ => ExitCode.Failure,
    };

    /// <summary>The gates that examine a whole candidate; all other refusals are about bytes that came wrong.</summary>
    private static bool IsGate(string? reason) =>
        reason is "probe_missed" or "trial_load_failed" or "compile_failed" or "signature_malformed" or "signature_count"
            or "no_signatures" or "engine_too_old" or "version_future";
}
