using Definitions;

namespace Updater.Updates;

/// <summary>The stable words of outcomes in logs, metrics, answers and the catalog.</summary>
internal static class OutcomeWords
{
    /// <summary><c>activated, already_current, refused, failed, held, cancelled</c>.</summary>
    public static string ToWord(this UpdateOutcome outcome) => outcome switch
    {
        UpdateOutcome.Activated => "activated",
        UpdateOutcome.AlreadyCurrent => "already_current",
        UpdateOutcome.Refused => "refused",
        UpdateOutcome.Failed => "failed",
        UpdateOutcome.Held => "held",
        UpdateOutcome.Cancelled => "cancelled",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The reason word of a refusal or failure; empty for the others.</summary>
    public static string ReasonWord(this UpdateOutcome outcome) => outcome switch
    {
        UpdateOutcome.Refused refused => refused.Reason.ToWord(),
        UpdateOutcome.Failed failed => failed.Reason.ToWord(),
        _ => "",
    };

    /// <summary>One sentence for people.</summary>
    public static string Describe(this UpdateOutcome outcome) => outcome switch
    {
        UpdateOutcome.Activated activated => $"Generation {activated.Generation} with version {activated.Version} is active.",
        UpdateOutcome.AlreadyCurrent => "Nothing newer exists.",
        UpdateOutcome.Refused refused => refused.Message,
        UpdateOutcome.Failed failed => failed.Message,
        UpdateOutcome.Held held => held.Message,
        UpdateOutcome.Cancelled => "Stopped by a shutdown.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>True for outcomes after which the newest definitions on offer are active.</summary>
    public static bool IsSuccess(this UpdateOutcome outcome) =>
        outcome is UpdateOutcome.Activated or UpdateOutcome.AlreadyCurrent;
}
