using System.Globalization;
using Definitions;
using Updater.Status;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// The servers of one source and what they asked for: one that answered 429 or 403 is not asked again before its time,
/// in no run, forced or not, before or after a restart (M-204, M-316).
/// </summary>
internal sealed class ServerList(SourceState state, IReadOnlyList<string> servers, TimeProvider time)
{
    public IReadOnlyList<MirrorStatus> Status => [.. servers.Select(server =>
        state.FindCoolDown(server, time.GetUtcNow()) is { } coolDown
            ? new MirrorStatus(server, coolDown.Until, coolDown.Reason)
            : new MirrorStatus(server, null, ""))];

    /// <summary>When the first of them may be asked again; null = one may be asked now.</summary>
    public DateTimeOffset? AllCoolDownUntil
    {
        get
        {
            var all = Status;
            return all.Count > 0 && all.All(server => server.CoolDownUntil is not null) ? all.Min(server => server.CoolDownUntil) : null;
        }
    }

    /// <summary>Why this server may not be asked now; null = it may.</summary>
    public SourceException? Objection(string server)
    {
        var now = time.GetUtcNow();
        return state.FindCoolDown(server, now) is not { } coolDown ? null : new SourceException(
            FailureReason.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"{server} is left alone until {IsoTimes.Text(coolDown.Until)}: {coolDown.Reason}"),
            coolDown.Until - now);
    }

    /// <summary>Remembers what a failure asks for; nothing for failures that ask for nothing.</summary>
    public async Task TakeAsync(string server, SourceException failure, CancellationToken cancellationToken)
    {
        if (failure.Reason == FailureReason.RateLimited && SourcePolicy.CoolDown(failure) is var wait && wait > TimeSpan.Zero)
        {
            var reason = PlainText.Of(failure.Message);
            await state.LeaveAloneAsync(server, new CoolDown(time.GetUtcNow() + wait, reason), cancellationToken);
        }
    }
}
