using Definitions;
using Updater.Updates;

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

    /// <summary>False: the packages have nothing to do with each other, and one may come without the other.</summary>
    public bool IsOneSet { get; init; } = true;

    /// <summary>What could not be had although the rest is offered.</summary>
    public IReadOnlyList<OfferProblem> Problems { get; init; } = [];

    /// <summary>When the source may be asked again, if every server of it wants to be left alone.</summary>
    public DateTimeOffset? CoolDownUntil { get; init; }

    /// <summary>The signed release with exactly this content; null = the channel does not name it.</summary>
    public ChannelPackage? Find(Digest sha256, long length) =>
        AllPackages.FirstOrDefault(package => package.Sha256 == sha256 && package.Length == length);
}

/// <summary>One TUF target that is a package, with the signed facts about it.</summary>
/// <param name="Path">TUF target path.</param>
/// <param name="Length">Packed bytes.</param>
/// <param name="UnpackedBytes">From the target's <c>custom</c>; for the space check before the download.</param>
internal sealed record ChannelPackage(
    PackageId Id, long Sequence, string Path, long Length, Digest Sha256, long UnpackedBytes, Version MinimumEngine)
{
    /// <summary>False: nobody signed the content; its names end in <c>.UNOFFICIAL</c> and bad lines are left out.</summary>
    public bool IsOfficial { get; init; } = true;

    /// <summary>True: a forced run takes it although a higher sequence is active.</summary>
    public bool MayGoBack { get; init; }
}

/// <summary>Why one part of a source is missing or old.</summary>
/// <param name="Part">Package name, or the address of a file.</param>
internal sealed record OfferProblem(string Part, UpdateOutcome Outcome);

/// <summary>A signed target that ends like a package and is none.</summary>
internal sealed record RefusedTarget(string Path, RefusalReason Reason, string Message);
