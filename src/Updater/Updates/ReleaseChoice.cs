using Definitions;
using Updater.Gates;
using Updater.Sources;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Updates;

/// <summary>
/// Decides what the next generation should be made of. Pure: what is active, what the sources' trusted metadata offers,
/// what the operator holds, and the time go in; lists come out.
/// </summary>
internal sealed class ReleaseChoice
{
    private readonly List<WantedRelease> _wanted = [];
    private readonly List<GenerationPackage> _kept = [];
    private readonly List<GenerationPackage> _left = [];
    private readonly List<RefusedOffer> _refused = [];
    private readonly List<string> _held = [];
    private readonly HashSet<Digest> _heldArchives = [];
    private readonly List<string> _notes = [];
    private bool _isForced;

    private ReleaseChoice()
    {
    }

    /// <summary>Newer than what is active, in the order of the sources.</summary>
    public IReadOnlyList<WantedRelease> Wanted => _wanted;

    /// <summary>Active packages that stay; <c>local</c> is not among them.</summary>
    public IReadOnlyList<GenerationPackage> Kept => _kept;

    /// <summary>Active packages that no configured source offers any more.</summary>
    public IReadOnlyList<GenerationPackage> Left => _left;

    public IReadOnlyList<RefusedOffer> Refused => _refused;

    /// <summary>One line for each release that a hold keeps out.</summary>
    public IReadOnlyList<string> Held => _held;

    /// <summary>Oddities worth a line in the log.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>True for a release that this or a later run wants, or that was refused for what may pass.</summary>
    public bool MayStillTake(Digest archive) =>
        _heldArchives.Contains(archive)
        || _wanted.Exists(wanted => wanted.Target.Sha256 == archive)
        || _refused.Exists(refused => refused.Target.Sha256 == archive);

    /// <param name="active">The packages of the generation to start from.</param>
    /// <param name="offers">In the order of the configuration: the first source that has a package name owns it.</param>
    /// <param name="silentSources">Configured sources whose offers are not known in this run.</param>
    /// <param name="isForced">An operator's order: takes an older release where its source leaves that to the operator.</param>
    public static ReleaseChoice Decide(
        IReadOnlyList<GenerationPackage> active,
        IReadOnlyList<SourceOffer> offers,
        IReadOnlySet<string> silentSources,
        OperatorChoice operatorChoice,
        DateTimeOffset now,
        bool isForced = false)
    {
        var choice = new ReleaseChoice { _isForced = isForced };
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var offer in offers)
        {
            foreach (var target in offer.Packages)
            {
                choice.Consider(offer, target, active, owners, operatorChoice, now);
            }
        }

        choice.SortOutActive(active, owners, silentSources, operatorChoice.IsHolding(now));
        return choice;
    }

    private void Consider(
        SourceOffer offer,
        ChannelPackage target,
        IReadOnlyList<GenerationPackage> active,
        Dictionary<string, string> owners,
        OperatorChoice operatorChoice,
        DateTimeOffset now)
    {
        var (source, name) = (offer.Source, target.Id.Name);
        if (name == PackageId.LocalName)
        {
            _notes.Add($"Source {source} offers a package named {name}; that name is the operator's, so it is ignored.");
            return;
        }

        if (!owners.TryAdd(name, source))
        {
            _notes.Add($"Source {source} offers {target.Id}, which source {owners[name]} already offers; the earlier source counts.");
            return;
        }

        var current = active.FirstOrDefault(package => package.Id.Name == name);
        if (current?.Archive == target.Sha256)
        {
            return;
        }

        // Sequences are compared within one source only: another source counts its own releases.
        if (current is not null && current.Source == source && target.Sequence <= current.Sequence && !(_isForced && target.MayGoBack))
        {
            _refused.Add(new RefusedOffer(source, target, RefusalReason.SequenceRollback,
                $"{target.Id} has sequence {target.Sequence}; {current.Id} with sequence {current.Sequence} is active."));
            return;
        }

        if (operatorChoice.FindHold(name, now) is { } hold && (target.Sequence <= hold.Sequence || target.Sha256 == hold.Archive))
        {
            _heldArchives.Add(target.Sha256);
            _held.Add($"{target.Id} is held until {IsoTimes.Text(operatorChoice.HoldUntil)} after a rollback.");
            return;
        }

        try
        {
            PackageRules.CheckTarget(target, now);
            _wanted.Add(new WantedRelease(source, target) { Group = offer.View.IsOneSet ? source : $"{source}/{name}" });
            if (PackageRules.IsAhead(target.Id.Version, now))
            {
                _notes.Add($"The date of {target.Id} has not begun by this machine's clock: one of the clocks is wrong.");
            }
        }
        catch (RefusedException e)
        {
            _refused.Add(new RefusedOffer(source, target, e.Reason, e.Message));
        }
    }

    /// <param name="isHolding">While a rollback is held, what it brought back is not taken away again.</param>
    private void SortOutActive(
        IReadOnlyList<GenerationPackage> active, Dictionary<string, string> owners, IReadOnlySet<string> silentSources, bool isHolding)
    {
        foreach (var package in active.Where(package => !package.IsLocal))
        {
            if (_wanted.Exists(wanted => wanted.Target.Id.Name == package.Id.Name))
            {
                continue;
            }

            if (isHolding || owners.ContainsKey(package.Id.Name) || silentSources.Contains(package.Source))
            {
                _kept.Add(package);
            }
            else
            {
                _left.Add(package);
            }
        }

        // A set without any signed package is a mistake of the configuration or the publisher, never an update.
        if (_kept.Count == 0 && _wanted.Count == 0)
        {
            _kept.AddRange(_left);
            _left.Clear();
        }
    }
}

/// <summary>What one source's trusted metadata offers.</summary>
internal sealed record SourceOffer(string Source, ChannelView View)
{
    /// <summary>The newest release of each name.</summary>
    public IReadOnlyList<ChannelPackage> Packages => View.Packages;
}

/// <summary>A release that is newer than what is active.</summary>
internal sealed record WantedRelease(string Source, ChannelPackage Target)
{
    /// <summary>Releases of one group are taken together or not at all.</summary>
    public string Group { get; init; } = Source;
}

/// <summary>A release that may not be taken, by its signed facts alone.</summary>
internal sealed record RefusedOffer(string Source, ChannelPackage Target, RefusalReason Reason, string Message);
