using Definitions;
using Updater.Catalog;
using Updater.Configuration;
using Updater.Sources;
using Updater.Status;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Updates;

/// <summary>
/// Asks the configured sources what they offer, and remembers in the catalog when each was asked, how it went, and how
/// long it must be left alone (M-204, M-316).
/// </summary>
internal sealed class SourceDesk(
    IReadOnlyList<(SourceOptions Options, IPackageSource Client)> sources,
    UpdatesOptions options,
    SourceTools tools,
    UpdateCatalog catalog,
    TimeProvider time,
    ILogger<SourceDesk> logger)
{
    private readonly Dictionary<string, SourceStatus> _known =
        catalog.Sources().ToDictionary(source => source.Name, StringComparer.Ordinal);

    private readonly Lock _gate = new();

    /// <summary>The health of every configured source, in the order of the configuration.</summary>
    public IReadOnlyList<SourceStatus> Health
    {
        get
        {
            lock (_gate)
            {
                return [.. sources.Select(source => Known(source.Options))];
            }
        }
    }

    public bool HasEnabledSources => sources.Any(source => source.Options.Enabled);

    /// <exception cref="UpdateFailedException">The request names a source that is not configured or not enabled.</exception>
    public async Task<SourceRound> AskAsync(RunJournal journal, string stagingFolder, CancellationToken cancellationToken)
    {
        var request = journal.Run.Request;
        if (request.Source is { } wanted && !sources.Any(source => source.Options.Name == wanted && source.Options.Enabled))
        {
            throw new UpdateFailedException(
                FailureReason.Configuration, $"There is no enabled source named '{wanted}'.");
        }

        var round = new SourceRound();
        var context = new SourceContext(journal, stagingFolder, tools.Folders, tools.Store, tools.FreeSpace);
        foreach (var (source, client) in sources)
        {
            if (!source.Enabled)
            {
                round.Silent.Add(source.Name);
                continue;
            }

            await AskOneAsync(source, client, context, round, cancellationToken);
        }

        return round;
    }

    /// <summary>Remembers that a source could not deliver; also called when a download failed after a good check.</summary>
    public void RecordFailure(string sourceName, UpdateOutcome problem, TimeSpan coolDown)
    {
        var now = time.GetUtcNow();
        logger.SourceFailed(sourceName, problem.ReasonWord(), problem.Describe());
        Change(sourceName, status => status with
        {
            LastFailure = $"{problem.ReasonWord()}: {problem.Describe()}",
            CoolDownUntil = coolDown > TimeSpan.Zero ? now + coolDown : status.CoolDownUntil,
        });
    }

    /// <summary>Remembers a round whose packages were taken or found current: an answer alone brings no definitions.</summary>
    public void RecordSuccess(string sourceName) =>
        Change(sourceName, status => status with { LastSuccess = time.GetUtcNow() });

    /// <summary>What the gates said about a source's packages belongs to its health too.</summary>
    public void RecordRefusal(RunProblem problem)
    {
        if (Health.Any(source => source.Name == problem.Source && source.LastFailure is null))
        {
            RecordFailure(problem.Source, problem.Outcome, TimeSpan.Zero);
        }
    }

    private async Task AskOneAsync(
        SourceOptions source, IPackageSource client, SourceContext context, SourceRound round, CancellationToken cancellationToken)
    {
        var journal = context.Journal;
        if (MayAsk(source, client, journal, round))
        {
            round.Asked.Add(source.Name);
            Change(source.Name, status => status with { LastAttempt = time.GetUtcNow() });
            context.OtherProblems.Clear();
            try
            {
                Take(source.Name, client, await client.RefreshAsync(context, cancellationToken), journal, round);
                return;
            }
            catch (UpdateFailedException e)
            {
                Fail(source.Name, new UpdateOutcome.Failed(e.Reason, e.Message), TimeSpan.Zero, journal, round);
            }
            catch (SourceException e)
            {
                Fail(source.Name, new UpdateOutcome.Failed(e.Reason, e.Message), SourcePolicy.CoolDown(e), journal, round);
            }
            catch (RefusedException e)
            {
                Fail(source.Name, new UpdateOutcome.Refused(e.Reason, e.Message), TimeSpan.Zero, journal, round);
                round.Silent.Add(source.Name);
                return;
            }
            finally
            {
                TakeProblems(source.Name, context.OtherProblems, journal, round);
            }
        }

        // Not asked, or not reachable: what was trusted before still says what a dropped package may be.
        var trusted = await client.LoadTrustedAsync(cancellationToken);
        if (trusted is null)
        {
            round.Silent.Add(source.Name);
        }
        else
        {
            round.Offers.Add(new SourceOffer(source.Name, trusted));
        }
    }

    private void Take(string source, IPackageSource client, ChannelView view, RunJournal journal, SourceRound round)
    {
        Change(source, status => status with
        {
            LastFailure = null,
            CoolDownUntil = view.CoolDownUntil,
        });
        round.Fresh.Add(source, client);
        round.Offers.Add(new SourceOffer(source, view));
        journal.Note($"Source {source} offers {string.Join(", ", view.Packages.Select(package => package.Id))}.");
        foreach (var target in view.RefusedTargets)
        {
            journal.Note($"Source {source}: {target.Path} cannot be used: {target.Reason.ToWord()}: {target.Message}");
        }

        TakeProblems(source, view.Problems, journal, round);
        if (view.Problems is [var first, ..])
        {
            RecordFailure(source, first.Outcome, TimeSpan.Zero);
            if (view.Problems.Count > 1)
            {
                Change(source, status => status with { LastFailure = $"{status.LastFailure} And {view.Problems.Count - 1} more." });
            }
        }
    }

    private static void TakeProblems(string source, IEnumerable<OfferProblem> problems, RunJournal journal, SourceRound round)
    {
        foreach (var problem in problems)
        {
            round.Problems.Add(new RunProblem($"{source}/{problem.Part}", problem.Outcome));
            journal.Note($"Source {source}, {problem.Part}: {problem.Outcome.ReasonWord()}: {problem.Outcome.Describe()}");
        }
    }

    private void Fail(string source, UpdateOutcome problem, TimeSpan coolDown, RunJournal journal, SourceRound round)
    {
        RecordFailure(source, problem, coolDown);
        round.Problems.Add(new RunProblem(source, problem));
        journal.Note($"Source {source}: {problem.ReasonWord()}: {problem.Describe()}");
    }

    private bool MayAsk(SourceOptions source, IPackageSource client, RunJournal journal, SourceRound round)
    {
        var request = journal.Run.Request;
        if (request.Source is not null && request.Source != source.Name)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var known = Known(source);
        if (known.CoolDownUntil > now)
        {
            if (!request.Force || !client.MayForceCoolDown)
            {
                var message = $"It asked to be left alone until {IsoTimes.Text(known.CoolDownUntil)}.{(request.Force ? " A forced update does not change that." : "")}";
                round.Problems.Add(new RunProblem(source.Name, new UpdateOutcome.Failed(FailureReason.RateLimited, message)));
                journal.Note($"Source {source.Name} is not asked: {message}");
                return false;
            }

            logger.CoolDownForced(source.Name, known.CoolDownUntil.Value);
            journal.Note($"Source {source.Name} asked to be left alone until {IsoTimes.Text(known.CoolDownUntil)}; asked all the same: forced.");
        }

        return request.Force
            || request.Trigger is UpdateTrigger.Command or UpdateTrigger.Http
            || IsDue(source, known, now);
    }

    /// <summary>A little early counts: the schedule is jittered, and a run must not skip a source for a second.</summary>
    private bool IsDue(SourceOptions source, SourceStatus known, DateTimeOffset now)
    {
        var interval = source.Interval ?? options.Interval;
        if (interval == TimeSpan.Zero)
        {
            return known.LastSuccess is null;
        }

        var slack = interval * (options.JitterPercent / 100.0) + TimeSpan.FromSeconds(1);
        return known.LastAttempt is not { } last || last > now || now - last >= interval - slack;
    }

    private SourceStatus Known(SourceOptions source)
    {
        lock (_gate)
        {
            return _known.TryGetValue(source.Name, out var known) && known.Url == source.Address
                ? known
                : new SourceStatus(source.Name, source.Address, null, null, null, null);
        }
    }

    private void Change(string name, Func<SourceStatus, SourceStatus> change)
    {
        SourceStatus changed;
        lock (_gate)
        {
            var (source, client) = sources.First(source => source.Options.Name == name);
            changed = change(Known(source)) with { Mirrors = client.Mirrors };
            _known[name] = changed;
        }

        catalog.Record(changed);
    }
}

/// <summary>What one round of questions yielded. Filled by <see cref="SourceDesk"/>.</summary>
internal sealed class SourceRound
{
    /// <summary>In the order of the configuration.</summary>
    public List<SourceOffer> Offers { get; } = [];

    /// <summary>Sources whose metadata was refreshed now: only these may be downloaded from.</summary>
    public Dictionary<string, IPackageSource> Fresh { get; } = new(StringComparer.Ordinal);

    /// <summary>Configured sources whose offers are unknown.</summary>
    public HashSet<string> Silent { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public List<RunProblem> Problems { get; } = [];
}

/// <summary>Why one source, or the operator's files, could not take part in a run.</summary>
/// <param name="Group">Source name, <c>source/package</c>, <c>source/address</c>, <c>local</c>, or <c>local/file</c>.</param>
internal sealed record RunProblem(string Group, UpdateOutcome Outcome)
{
    public string Source => Group.Split('/')[0];

    /// <summary>What of the source it is about: a package, or the address of a file. Empty = all of it.</summary>
    public string Part => Group.Length > Source.Length ? Group[(Source.Length + 1)..] : "";
}

/// <summary>What sources may use of this program.</summary>
internal sealed record SourceTools(DataFolders Folders, GenerationStore Store, FreeSpace FreeSpace);
