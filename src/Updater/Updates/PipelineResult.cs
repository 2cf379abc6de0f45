using Updater.Store;

namespace Updater.Updates;

/// <summary>What a run found and did; filled while it works, so that nothing is lost when a later step fails.</summary>
internal sealed class PipelineResult
{
    /// <summary>The new generation; null when none was activated.</summary>
    public GenerationRecord? Activated { get; set; }

    public TimeSpan SwapTime { get; set; }

    /// <summary>True when a source offers something newer than what is active now.</summary>
    public bool IsNewerKnown { get; set; }

    /// <summary>Names of the sources that were asked.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public List<RunProblem> Problems { get; } = [];

    /// <summary>What a hold or a pin keeps out.</summary>
    public List<string> Held { get; } = [];

    /// <summary>
    /// One word for everything: what was activated counts first, then whose bytes were wrong, then what could not be
    /// done, then what the operator holds.
    /// </summary>
    public UpdateOutcome Outcome =>
        Activated is { } generation ? new UpdateOutcome.Activated(generation.Id, generation.Version)
        : Problems.Select(problem => problem.Outcome).OfType<UpdateOutcome.Refused>().FirstOrDefault() is { } refused ? refused
        : Problems.Count > 0 ? Problems[0].Outcome
        : Held.Count > 0 ? new UpdateOutcome.Held(Held[0])
        : new UpdateOutcome.AlreadyCurrent();

    /// <summary>Sources that were asked, and whose packages were taken or are current: neither refused, failed nor held.</summary>
    public IEnumerable<string> Satisfied() => HasProblem("") || (Activated is null && Held.Count > 0)
        ? []
        : Asked.Where(source => !HasProblem(source));

    public void Take(SourceRound round)
    {
        Asked.UnionWith(round.Asked);
        Problems.AddRange(round.Problems);
    }

    public bool HasProblem(string group) => Problems.Exists(problem => problem.Group == group);
}
