using Updater.Configuration;
using Updater.Telemetry;

namespace Updater.Hosting;

/// <summary>
/// What SIGHUP does: reads the configuration again, takes over what can be taken over while running, and says what
/// only a restart would change (M-014). A configuration with mistakes changes nothing.
/// </summary>
internal sealed class ServiceReload(LoadedConfiguration started, ServiceLog log)
{
    private readonly ILogger _logger = log.Factory.CreateLogger<ServiceReload>();
    private IReadOnlyList<EffectiveSetting> _current = started.Settings;

    public void Apply(LoadedConfiguration fresh)
    {
        if (fresh.Options is null)
        {
            foreach (var problem in fresh.Problems)
            {
                HostLog.ReloadRefused(_logger, problem.ToString());
            }

            return;
        }

        var changes = Changes(_current, fresh.Settings);
        log.Level = ServiceLog.Parse(fresh.Options.Logging.Level);
        foreach (var change in changes)
        {
            if (change.IsHot)
            {
                HostLog.SettingTaken(_logger, change.Path, change.Value);
            }
            else
            {
                HostLog.SettingNeedsRestart(_logger, change.Path, change.Value);
            }
        }

        HostLog.Reloaded(_logger, changes.Count);

        // Cold settings stay those of the start, so that the next reload names them again.
        _current = [.. _current.Where(s => !s.Setting.IsHot), .. fresh.Settings.Where(s => s.Setting.IsHot)];
    }

    /// <summary>Settings whose value differs, gone ones included.</summary>
    public static IReadOnlyList<SettingChange> Changes(IReadOnlyList<EffectiveSetting> before, IReadOnlyList<EffectiveSetting> after)
    {
        var old = before.ToDictionary(s => s.Path, StringComparer.Ordinal);
        var changed = after.Where(s => !old.TryGetValue(s.Path, out var was) || was.Text != s.Text)
            .Select(s => new SettingChange(s.DisplayPath, s.Text, s.Setting.IsHot));
        var kept = after.Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        var gone = before.Where(s => !kept.Contains(s.Path)).Select(s => new SettingChange(s.DisplayPath, "(removed)", s.Setting.IsHot));
        return [.. changed, .. gone];
    }
}

internal sealed record SettingChange(string Path, string Value, bool IsHot);
