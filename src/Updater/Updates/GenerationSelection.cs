using Definitions;
using Engine.Images;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Updates;

/// <summary>What came of a rollback or pin. Exactly one of the kinds below.</summary>
internal abstract record SelectionOutcome
{
    private SelectionOutcome()
    {
    }

    /// <param name="HoldUntil">Null = nothing is held.</param>
    public sealed record Selected(GenerationRecord Generation, DateTimeOffset? HoldUntil) : SelectionOutcome;

    /// <summary>Exit status 1.</summary>
    public sealed record NotFound(string Message) : SelectionOutcome;

    /// <summary>Exit status 4.</summary>
    public sealed record Refused(string Message) : SelectionOutcome;
}

/// <summary>The operator's choice of the generation: rollback with a hold, pin, unpin (M-216, M-217).</summary>
internal sealed class GenerationSelection(
    DataFolders folders,
    GenerationStore store,
    GenerationSwitch generations,
    Bookkeeping bookkeeping,
    UpdateMetrics metrics,
    TimeProvider time,
    ILogger<GenerationSelection> logger)
{
    /// <summary>How long a rollback keeps the left-behind releases out when nothing else is said.</summary>
    public static readonly TimeSpan DefaultHold = TimeSpan.FromHours(24);

    /// <summary>Goes back to the previous kept generation, or to the named one.</summary>
    /// <param name="to">Number, name or version; null = the one before the active one.</param>
    /// <param name="hold">How long the left-behind releases stay out; zero = no hold.</param>
    public async Task<SelectionOutcome> RollbackAsync(string? to, TimeSpan hold, CancellationToken cancellationToken)
    {
        var current = generations.Current;
        var target = to is null ? Previous(current) : store.FindByText(to);
        if (target is null)
        {
            return new SelectionOutcome.NotFound(
                to is null ? "There is no earlier generation in the store." : $"There is no generation '{to}' in the store.");
        }

        if (to is not null && Ambiguity(to, current) is { } ambiguity)
        {
            return new SelectionOutcome.Refused(ambiguity);
        }

        if (target.Id == current?.Id)
        {
            return new SelectionOutcome.Refused($"Generation {target.Id} is active already.");
        }

        var until = hold > TimeSpan.Zero ? time.GetUtcNow() + hold : (DateTimeOffset?)null;
        return await SelectAsync(
            target,
            left => new OperatorChoice { HoldUntil = until, Held = until is null ? [] : Left(left, target) },
            "rolled_back",
            cancellationToken);
    }

    /// <summary>Activates the named generation and keeps it whatever the sources offer.</summary>
    public async Task<SelectionOutcome> PinAsync(string generation, CancellationToken cancellationToken)
    {
        var target = store.FindByText(generation);
        if (target is null)
        {
            return new SelectionOutcome.NotFound($"There is no generation '{generation}' in the store.");
        }

        if (Carriers(generation, generations.Current) is { } ambiguity)
        {
            return new SelectionOutcome.Refused(ambiguity);
        }

        return await SelectAsync(
            target, _ => new OperatorChoice { Pinned = target.Id.ToString() }, "pinned", cancellationToken);
    }

    /// <summary>Lifts pin and hold: the next update may take everything again.</summary>
    /// <returns>False when there was neither.</returns>
    public async Task<bool> UnpinAsync(CancellationToken cancellationToken)
    {
        var choice = OperatorChoice.Read(folders);
        if (choice.Pinned is null && choice.HoldUntil is null)
        {
            return false;
        }

        await OperatorChoice.None.WriteAsync(folders, cancellationToken);
        bookkeeping.ChoiceChanged(generations.Current);
        bookkeeping.RecordEvent("unpinned", "Pin and hold were lifted.");
        return true;
    }

    /// <summary>
    /// Why a version does not say clearly enough where to go back to: several kept generations carry it, or the one that
    /// does is newer than the active one. Null when it does, or when a number or name was given.
    /// </summary>
    private string? Ambiguity(string to, GenerationRecord? current)
    {
        return Carriers(to, current)
            ?? (store.FindByVersion(to) is [var newest, ..] && current is not null && newest.Id.Number > current.Id.Number
                ? $"Version {to} is newer than what is active; to go there name its generation: {newest.Id}."
                : null);
    }

    /// <summary>
    /// The kept generations that carry a version, when there is more than one and they differ; else null. Of several
    /// with the same content the newest is meant.
    /// </summary>
    private string? Carriers(string version, GenerationRecord? current)
    {
        var carriers = store.FindByVersion(version);
        return carriers.DistinctBy(record => record.Id.Digest).Count() < 2 ? null : $"Version {version} is carried by {carriers.Count} kept generations; name one of them: "
            + $"{string.Join(", ", carriers.Select(record => record.Id == current?.Id ? $"{record.Id} (active)" : record.Id.ToString()))}.";
    }

    private async Task<SelectionOutcome> SelectAsync(
        GenerationRecord target, Func<GenerationRecord?, OperatorChoice> choose, string kind, CancellationToken cancellationToken)
    {
        OperatorChoice? choice = null;
        try
        {
            var elapsed = await generations.SelectAsync(
                target,
                async left =>
                {
                    choice = choose(left);
                    await choice.WriteAsync(folders, CancellationToken.None);
                },
                cancellationToken);
            metrics.CountSwap(elapsed);
        }
        catch (ImageException e)
        {
            return new SelectionOutcome.Refused($"Generation {target.Id} cannot serve: {e.Message}");
        }

        // Nothing is removed here: the operator may want to go on to another one.
        bookkeeping.GenerationChanged(target, int.MaxValue);
        var held = choice?.HoldUntil is { } until ? IsoTimes.Text(until) : "-";
        bookkeeping.RecordEvent(kind, $"Generation {target.Id} with version {target.Version} by hand; held until {held}.");
        logger.RolledBack(target.Id.ToString(), held);
        return new SelectionOutcome.Selected(target, choice?.HoldUntil);
    }

    /// <summary>The one that was active before, if it is still kept; else the next lower number.</summary>
    private GenerationRecord? Previous(GenerationRecord? current)
    {
        if (current is null)
        {
            return null;
        }

        var all = store.List();
        return all.FirstOrDefault(record => record.Id.Number == current.Previous)
            ?? all.FirstOrDefault(record => record.Id.Number < current.Id.Number);
    }

    /// <summary>What the left-behind generation has and the target has not; earlier holds that still stand are kept.</summary>
    private List<HeldPackage> Left(GenerationRecord? left, GenerationRecord target)
    {
        var held = new Dictionary<string, HeldPackage>(StringComparer.Ordinal);
        foreach (var package in left?.Packages ?? [])
        {
            if (target.Find(package.Id.Name)?.Archive != package.Archive)
            {
                held[package.Id.Name] = new HeldPackage(package.Id.Name, package.Sequence, package.Archive);
            }
        }

        if (left is not null && left.Find(PackageId.LocalName) is null && target.Find(PackageId.LocalName) is not null)
        {
            held[PackageId.LocalName] = new HeldPackage(PackageId.LocalName, 0, LocalIntake.EmptyDigest);
        }

        var earlier = OperatorChoice.Read(folders);
        foreach (var package in earlier.IsHolding(time.GetUtcNow()) ? earlier.Held : [])
        {
            if (!held.TryGetValue(package.Name, out var known) || known.Sequence < package.Sequence)
            {
                held[package.Name] = package;
            }
        }

        return [.. held.Values];
    }
}
