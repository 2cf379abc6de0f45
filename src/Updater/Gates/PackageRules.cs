using Definitions;
using Definitions.Packages;
using Updater.Sources;

namespace Updater.Gates;

/// <summary>What a release must fulfil whatever is inside it. Pure: the clock is a parameter.</summary>
internal static class PackageRules
{
    /// <summary>How far a version's date may lie ahead of the clock (M-227).</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromHours(48);

    /// <summary>Checks the signed facts of a target, before any byte of it is fetched.</summary>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.VersionFuture"/> or <see cref="RefusalReason.EngineTooOld"/>.
    /// </exception>
    public static void CheckTarget(ChannelPackage target, DateTimeOffset now)
    {
        CheckVersion(target.Id, now);
        if (target.MinimumEngine > EngineVersion.Current)
        {
            throw new RefusedException(
                RefusalReason.EngineTooOld,
                $"{target.Id} needs engine {target.MinimumEngine}; this is {EngineVersion.Current}.");
        }
    }

    /// <summary>A version whose day lies far ahead is a mistake or a lie: nothing could follow it for years.</summary>
    /// <exception cref="RefusedException"><see cref="RefusalReason.VersionFuture"/>.</exception>
    public static void CheckVersion(PackageId package, DateTimeOffset now)
    {
        if (StartOf(package.Version) - now > MaxAhead)
        {
            throw new RefusedException(
                RefusalReason.VersionFuture,
                $"Version {package.Version} of {package.Name} lies more than 48 hours ahead of this machine's clock.");
        }
    }

    /// <summary>True when the version's day has not begun: accepted, but somebody's clock is wrong.</summary>
    public static bool IsAhead(DefinitionsVersion version, DateTimeOffset now) => StartOf(version) > now;

    /// <summary>The manifest inside must say what the signed metadata says outside.</summary>
    /// <exception cref="RefusedException"><see cref="RefusalReason.ManifestMismatch"/>.</exception>
    public static void CheckManifest(Manifest manifest, ChannelPackage target)
    {
        var difference =
            manifest.Id != target.Id ? $"name and version {manifest.Id}"
            : manifest.Sequence != target.Sequence ? $"sequence {manifest.Sequence}"
            : manifest.UnpackedBytes != target.UnpackedBytes ? $"{manifest.UnpackedBytes} unpacked bytes"
            : manifest.MinimumEngine != target.MinimumEngine ? $"minimum engine {manifest.MinimumEngine}"
            : null;
        if (difference is not null)
        {
            throw new RefusedException(
                RefusalReason.ManifestMismatch, $"The manifest of {target.Path} says {difference}; the signed target says otherwise.");
        }
    }

    private static DateTimeOffset StartOf(DefinitionsVersion version) =>
        new(version.Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
