using Definitions;

namespace Updater.Sources;

/// <summary>The packages that the channel's trusted metadata offers.</summary>
/// <param name="TimestampVersion">0 when read from disk without a usable timestamp.</param>
/// <param name="EarliestExpiry">
/// When the first of the metadata files used ends; for a view read from disk that is root and targets only.
/// </param>
/// <param name="Packages">The newest release of each package name, by sequence.</param>
internal sealed record ChannelView(
    long TimestampVersion, DateTimeOffset EarliestExpiry, IReadOnlyList<ChannelPackage> Packages)
{
    /// <summary>Every release the trusted targets list, older ones too: what may be dropped into <c>incoming/</c>.</summary>
    public IReadOnlyList<ChannelPackage> AllPackages { get; init; } = Packages;

    /// <summary>Signed targets that look like packages and cannot be used; the others are offered all the same.</summary>
    public IReadOnlyList<RefusedTarget> RefusedTargets { get; init; } = [];

    /// <summary>The signed release with exactly this content; null = the channel does not name it.</summary>
    public ChannelPackage? Find(Digest sha256, long length) =>
        AllPackages.FirstOrDefault(package => package.Sha256 == sha256 && package.Length == length);
}

/// <summary>One TUF target that is a package, with the signed facts about it.</summary>
/// <param name="Path">TUF target path.</param>
/// <param name="Length">Packed bytes.</param>
/// <param name="UnpackedBytes">From the target's <c>custom</c>; for the space check before the download.</param>
internal sealed record ChannelPackage(
    PackageId Id, long Sequence, string Path, long Length, Digest Sha256, long UnpackedBytes, Version MinimumEngine);

/// <summary>A signed target that ends like a package and is none.</summary>
internal sealed record RefusedTarget(string Path, RefusalReason Reason, string Message);
