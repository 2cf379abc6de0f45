using System.Globalization;

namespace Updater.Publishing;

/// <summary>
/// How long new metadata is valid from the moment it is signed. The defaults are short where keys are online:
/// update-side.md §8, 2.
/// </summary>
internal sealed record MetadataLifetimes(TimeSpan Root, TimeSpan Targets, TimeSpan Snapshot, TimeSpan Timestamp)
{
    public static MetadataLifetimes Default { get; } =
        new(TimeSpan.FromDays(365), TimeSpan.FromDays(30), TimeSpan.FromDays(7), TimeSpan.FromDays(1));

    /// <summary>In the form of <c>--expires</c>, whole days.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"root={Root.TotalDays:0} targets={Targets.TotalDays:0} snapshot={Snapshot.TotalDays:0} timestamp={Timestamp.TotalDays:0}");

    /// <summary>One time for every role.</summary>
    public static MetadataLifetimes All(TimeSpan lifetime) => new(lifetime, lifetime, lifetime, lifetime);
}
