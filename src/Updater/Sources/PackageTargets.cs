using System.Text.Json;
using Definitions;
using Definitions.Trust;

namespace Updater.Sources;

/// <summary>
/// Finds the packages among signed targets. A target is a package when its path ends in <c>.tar.zst</c>; its
/// <c>custom</c> object is then
/// <c>{"package": name, "version": "YYYYMMDD.NNN", "sequence": n, "kind": "signatures", "unpackedBytes": n,
/// "minimumEngine": "1.0.0.0"}</c>, further members allowed. Other targets are none of our business.
/// </summary>
internal static class PackageTargets
{
    public const string Extension = ".tar.zst";

    /// <summary>The one kind of package that this program knows.</summary>
    public const string Kind = "signatures";

    public static ChannelView ToView(TargetsMetadata targets, long timestampVersion, DateTimeOffset earliestExpiry)
    {
        var packages = new List<ChannelPackage>();
        var refused = new List<RefusedTarget>();
        foreach (var target in targets.Targets.Values
            .Where(target => target.Path.EndsWith(Extension, StringComparison.Ordinal))
            .OrderBy(target => target.Path, StringComparer.Ordinal))
        {
            try
            {
                packages.Add(Read(target));
            }
            catch (RefusedException e)
            {
                // One bad target must not keep the good ones away; whoever shows the view shows this too.
                refused.Add(new RefusedTarget(target.Path, e.Reason, e.Message));
            }
        }

        // Two releases with one sequence are the publisher's mistake; version and path then make the choice stable.
        var newest = packages
            .GroupBy(package => package.Id.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group
                .OrderByDescending(package => package.Sequence)
                .ThenByDescending(package => package.Id.Version)
                .First());
        return new ChannelView(timestampVersion, earliestExpiry, [.. newest])
        {
            AllPackages = packages,
            RefusedTargets = refused,
        };
    }

    /// <exception cref="RefusedException"><see cref="RefusalReason.MetadataMalformed"/>: a fact is missing or wrong.</exception>
    public static ChannelPackage Read(TargetFile target)
    {
        if (target.Custom is not { } custom)
        {
            throw Malformed(target, "custom");
        }

        var name = Text(target, custom, "package");
        if (!PackageId.IsValidName(name) || name == PackageId.LocalName)
        {
            throw Malformed(target, "package");
        }

        if (!DefinitionsVersion.TryParse(Text(target, custom, "version"), out var version))
        {
            throw Malformed(target, "version");
        }

        if (Text(target, custom, "kind") != Kind)
        {
            throw Malformed(target, "kind");
        }

        if (!Version.TryParse(Text(target, custom, "minimumEngine"), out var minimumEngine) || minimumEngine.Revision < 0)
        {
            throw Malformed(target, "minimumEngine");
        }

        return new ChannelPackage(
            new PackageId(name, version),
            Integer(target, custom, "sequence", 1),
            target.Path,
            target.Length,
            target.Hashes.Sha256 ?? throw Malformed(target, "hashes.sha256"),
            Integer(target, custom, "unpackedBytes", 0),
            minimumEngine);
    }

    private static string Text(TargetFile target, JsonElement custom, string name) =>
        custom.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw Malformed(target, name);

    private static long Integer(TargetFile target, JsonElement custom, string name, long min) =>
        custom.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.Number
        && member.TryGetInt64(out var value)
        && value >= min
        && value <= TrustLimits.MaxVersion
            ? value
            : throw Malformed(target, name);

    private static RefusedException Malformed(TargetFile target, string member) => new(
        RefusalReason.MetadataMalformed, $"The target '{target.Path}' is no package that can be used: '{member}' is missing or wrong.");
}
