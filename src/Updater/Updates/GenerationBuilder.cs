using System.Globalization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Gates;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// Compiles and examines the next generation. When it is refused and more than one group of changes is in it, each is
/// tried alone, so that one bad source or one bad local file does not keep the others' definitions out.
/// </summary>
internal sealed class GenerationBuilder(
    DataFolders folders,
    GenerationStore store,
    Quarantine quarantine,
    PackageCompiler compiler,
    TrialLoad trialLoad,
    FreeSpace freeSpace,
    UnwantedPolicy unwanted,
    TimeProvider time,
    ILogger<GenerationBuilder> logger)
{
    /// <summary>Findings of a kind that are told in the log; the rest is counted.</summary>
    private const int MaxFindings = 20;

    /// <summary>Files of which one finding is told at least.</summary>
    private const int MaxFiles = 100;

    /// <summary>Of the progress of compiling: its stages have different units.</summary>
    private const long CompileSteps = 1000;

    /// <summary>
    /// True when a generation was made by an engine with another image format, or with another choice of potentially
    /// unwanted programs than is configured.
    /// </summary>
    public bool IsOutdated(GenerationRecord record) =>
        record.Unwanted != (unwanted.IsLoaded ? unwanted.Key : null) || record.Format != ImageCompiler.FormatDigest;

    /// <param name="basis">Unchanged packages, those included that a change would replace.</param>
    /// <param name="changes">One group for each source and one for the operator's files.</param>
    /// <param name="problems">Receives why a group is left out.</param>
    /// <returns>Null when no change survives and nothing has to be rebuilt.</returns>
    public async Task<ApprovedGeneration?> BuildAsync(
        BuildBasis basis,
        IReadOnlyList<ChangeGroup> changes,
        List<RunProblem> problems,
        string stagingFolder,
        RunJournal journal,
        CancellationToken cancellationToken)
    {
        var (approved, refusal) = await TryAsync(basis, changes, stagingFolder, journal, cancellationToken);
        if (refusal is null)
        {
            return approved;
        }

        var good = changes.Count > 1
            ? await KeepGoodAsync(basis, changes, problems, stagingFolder, journal, cancellationToken)
            : [];
        if (good.Count == 0 || good.Count == changes.Count)
        {
            // One change, or changes that only harm together: nobody else to blame.
            foreach (var change in changes.Where(change => !problems.Exists(problem => problem.Group == change.Name)))
            {
                await RejectAsync(change, refusal, problems, journal, cancellationToken);
            }

            if (changes.Count == 0)
            {
                throw refusal;
            }

            return null;
        }

        (approved, refusal) = await TryAsync(basis, good, stagingFolder, journal, cancellationToken);
        return refusal is null ? approved : throw refusal;
    }

    private async Task<List<ChangeGroup>> KeepGoodAsync(
        BuildBasis basis,
        IReadOnlyList<ChangeGroup> changes,
        List<RunProblem> problems,
        string stagingFolder,
        RunJournal journal,
        CancellationToken cancellationToken)
    {
        var good = new List<ChangeGroup>();
        var bad = new List<(ChangeGroup Change, RefusedException Refusal)>();
        foreach (var change in changes)
        {
            var (_, refusal) = await TryAsync(basis, [change], stagingFolder, journal, cancellationToken);
            if (refusal is null)
            {
                good.Add(change);
            }
            else
            {
                bad.Add((change, refusal));
            }
        }

        foreach (var (change, refusal) in bad)
        {
            await RejectAsync(change, refusal, problems, journal, cancellationToken);
        }

        return good;
    }

    private async Task<(ApprovedGeneration? Approved, RefusedException? Refusal)> TryAsync(
        BuildBasis basis, IReadOnlyList<ChangeGroup> changes, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        var packages = Compose(basis.Packages, changes);
        var subject = string.Join(", ", changes.SelectMany(change => change.Packages).Select(package => package.Facts.Id));
        try
        {
            journal.Enter(UpdateStage.Compiling, subject, CompileSteps);
            if (packages.Count == 0)
            {
                throw new UpdateFailedException(FailureReason.Configuration, "No package is left to make a generation of.");
            }

            var number = store.NextNumber();
            var candidate = await CandidateGeneration.CompileAsync(
                CandidateImage.Plan(
                    packages, number, unwanted, time.GetUtcNow(), progress => journal.Advance((long)(progress.Share * CompileSteps))),
                compiler,
                store,
                number,
                basis.ActiveNumber,
                bytes => freeSpace.Demand(folders, FreeSpace.Need(0, bytes, 0), "Compiling"),
                stagingFolder,
                cancellationToken);
            Tell(candidate, journal);
            journal.Enter(UpdateStage.Validating, candidate.Record.Id.ToString());
            return (await ApprovedGeneration.ApproveAsync(candidate, trialLoad, time, cancellationToken), null);
        }
        catch (RefusedException e)
        {
            return (null, e);
        }
    }

    /// <summary>A changed package replaces the unchanged one of its name; a removal takes it out.</summary>
    private static List<IncomingPackage> Compose(IReadOnlyList<IncomingPackage> basis, IReadOnlyList<ChangeGroup> changes)
    {
        var packages = basis.ToDictionary(package => package.Facts.Id.Name, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            foreach (var name in change.Removed)
            {
                packages.Remove(name);
            }

            foreach (var package in change.Packages)
            {
                packages[package.Facts.Id.Name] = package;
            }
        }

        return [.. packages.Values];
    }

    private static void Tell(CandidateGeneration candidate, RunJournal journal)
    {
        journal.LeftOut = candidate.Record.LeftOut ?? journal.LeftOut;
        var errors = Choose(candidate, isError: true);
        var others = Choose(candidate, isError: false);
        var told = errors.Concat(others).Select(found => UpdateFinding.Of(found, candidate.Packages)).ToList();
        told.ForEach(journal.Note);
        var more = CountOf(candidate) - told.Count;
        if (more > 0)
        {
            journal.Note(string.Create(CultureInfo.InvariantCulture, $"{more} more findings."));
        }

        journal.Findings = told;
        journal.MoreFindings = more;

        journal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Compiled {candidate.Compiled.Sum(image => image.Report.Signatures.Values.Sum())} signatures of {candidate.Compiled.Count} packages into {candidate.Compiled.Sum(image => image.Report.ImageBytes)} bytes; {candidate.Record.Signatures} signatures of {candidate.Record.Packages.Count} packages in all{NamesOf("strict", isOfficial: true)}{NamesOf("lenient", isOfficial: false)}."));

        static List<Diagnostic> Choose(CandidateGeneration candidate, bool isError)
        {
            // The first of each file, then the second of each: one bad file does not hide another.
            var found = candidate.Findings.Where(found => found.Severity == DiagnosticSeverity.Error == isError).Index().ToList();
            var files = found.GroupBy(item => item.Item.File, StringComparer.Ordinal).ToList();
            return [.. files.SelectMany(file => file.Index().Select(item => (Rank: item.Index, item.Item.Index, item.Item.Item)))
                .OrderBy(item => item.Rank).ThenBy(item => item.Index)
                .Take(Math.Max(MaxFindings, Math.Min(files.Count, MaxFiles)))
                .OrderBy(item => item.Index)
                .Select(item => item.Item)];
        }

        string NamesOf(string load, bool isOfficial) =>
            candidate.Packages.Where(package => package.Facts.IsOfficial == isOfficial).Select(package => package.Facts.Id.Name).ToList() is { Count: > 0 } names
                ? $"; {load}: {string.Join(", ", names)}"
                : "";
    }

    /// <summary>All findings, those included that the compiler counted and did not list.</summary>
    private static long CountOf(CandidateGeneration candidate) => candidate.Compiled.Sum(image =>
        image.Findings.Count(found => found.Severity == DiagnosticSeverity.Warning)
        + image.Package.Findings.Count(found => found.Severity != DiagnosticSeverity.Warning)
        + image.Report.LeftOut.Sum(file => file.Malformed + file.Skipped.Values.Sum()));

    private async Task RejectAsync(
        ChangeGroup change, RefusedException refusal, List<RunProblem> problems, RunJournal journal, CancellationToken cancellationToken)
    {
        problems.Add(new RunProblem(change.Name, new UpdateOutcome.Refused(refusal.Reason, refusal.Message)));
        journal.Note($"Refused: {refusal.Reason.ToWord()}: {refusal.Message}");
        foreach (var package in change.Packages)
        {
            logger.PackageRefused(package.Facts.Id.ToString(), change.Name, refusal.Reason.ToWord(), refusal.Message);

            // What the store or the operator owns stays where it is; only its digest is remembered.
            var path = Path.GetDirectoryName(package.Folder) == folders.Incoming ? package.Folder : null;
            await quarantine.AddAsync(
                package.Facts.Id.ToString(), path, refusal.Reason, refusal.Message, change.Name, package.Facts.Archive, cancellationToken);
        }
    }
}

/// <summary>What the next generation starts from.</summary>
/// <param name="ActiveNumber">Null = no definitions are active.</param>
internal sealed record BuildBasis(IReadOnlyList<IncomingPackage> Packages, long? ActiveNumber);

/// <summary>Changes that stand or fall together: those of one source, or the operator's files.</summary>
/// <param name="Name">Source name, or <c>local</c>.</param>
/// <param name="Removed">Names of packages that are no longer part of it.</param>
internal sealed record ChangeGroup(string Name, IReadOnlyList<IncomingPackage> Packages, IReadOnlyList<string> Removed);
