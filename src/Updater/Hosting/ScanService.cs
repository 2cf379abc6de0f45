using System.Collections.Frozen;
using Engine;
using Engine.Images;
using Engine.Objects;
using Updater.Configuration;
using Updater.Telemetry;

namespace Updater.Hosting;

/// <summary>A scan profile and what its users are told of what could not be scanned.</summary>
internal sealed record NamedProfile(ScanProfile Limits, UnscannableAction Action);

/// <summary>What every listener scans with: profiles, slots, engine and counters behind one call. Thread-safe.</summary>
internal sealed class ScanService(
    ActiveImage active, ScanEngine engine, ScanSlots slots, ScanMetrics metrics, EngineOptions options, ILogger<ScanService> logger)
{
    private readonly FrozenDictionary<string, NamedProfile> _profiles = options.Profiles.ToFrozenDictionary(
        p => p.Key, p => new NamedProfile(p.Value.ToProfile(p.Key), p.Value.Action), StringComparer.Ordinal);

    public NamedProfile DefaultProfile => _profiles["default"];

    public IEnumerable<string> ProfileNames => _profiles.Keys.Order(StringComparer.Ordinal);

    /// <summary>False: there is nothing to scan with, and saying "clean" would be a lie.</summary>
    public bool HasDefinitions => active.Generation is not null;

    /// <summary>Null when there is no such profile (EC_AV_NO_ENGINE).</summary>
    public NamedProfile? FindProfile(string? name) =>
        name is null ? DefaultProfile : _profiles.GetValueOrDefault(name);

    /// <summary>Scans on a pool thread as soon as a slot is free.</summary>
    /// <returns>Null when every slot and every place in the queue is taken.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ScanResult?> ScanAsync(
        string name, ObjectContent content, NamedProfile profile, bool allMatches, CancellationToken cancellationToken)
    {
        using var slot = await slots.EnterAsync(cancellationToken);
        if (slot is null)
        {
            metrics.CountBusy();
            ScanLog.Busy(logger, slots.Capacity, slots.QueueCapacity);
            return null;
        }

        var request = new ScanRequest { Name = name, Content = content, Profile = profile.Limits, AllMatches = allMatches };
        var result = await Task.Run(() => engine.Scan(request, cancellationToken), cancellationToken);
        metrics.Count(result);
        ScanLog.Finished(logger, name, result);
        return result;
    }
}
