namespace Updater.Updates;

/// <summary>
/// What one run tells while it works: its stage, its progress and one line per step. Used by the run's own task only;
/// others read <see cref="UpdateRun.Progress"/>.
/// </summary>
internal sealed class RunJournal(UpdateRun run, TimeProvider time, UpdateLog log, FaultPoints faults)
{
    /// <summary>Steps kept; a run that says more says so once.</summary>
    private const int MaxSteps = 500;

    private readonly List<UpdateStep> _steps = [];
    private readonly StageMachine _stages = new();

    public UpdateRun Run => run;

    public UpdateStage Stage => _stages.Current;

    public IReadOnlyList<UpdateStep> Steps => _steps;

    /// <summary>Bytes fetched from sources.</summary>
    public long DownloadedBytes { get; private set; }

    /// <summary>One line about the operator's files that are left out of what serves or was tried; null = none.</summary>
    public string? LeftOut { get; set; }

    /// <summary>One line for each file in <c>local/</c> that is not looked at, bounded.</summary>
    public IReadOnlyList<string> LocalLeftOut { get; set; } = [];

    /// <summary>What was found in the files of what was compiled last: the first of each kind.</summary>
    public IReadOnlyList<UpdateFinding> Findings { get; set; } = [];

    /// <summary>Findings that were counted only.</summary>
    public long MoreFindings { get; set; }

    /// <summary>Moves to a stage; also the fault point of that name.</summary>
    /// <param name="subject">The package or file that is worked on.</param>
    /// <param name="total">Bytes or items to do; 0 = unknown.</param>
    public void Enter(UpdateStage stage, string subject = "", long total = 0)
    {
        _stages.Move(stage);
        run.Progress = new UpdateProgress(stage, subject, 0, total);
        faults.Enter(stage);
    }

    /// <summary>Bytes or items done in this stage.</summary>
    public void Advance(long done) => run.Progress = run.Progress with { Done = done };

    public void CountDownload(long bytes) => DownloadedBytes += bytes;

    /// <summary>Writes one line to the run's steps and to both logs.</summary>
    public void Note(string message) => Note(new UpdateStep(time.GetUtcNow(), Stage, message));

    /// <summary>The same, and in the log for machines its fields.</summary>
    public void Note(UpdateFinding finding) => Note(new UpdateStep(time.GetUtcNow(), Stage, finding.ToString()) { Finding = finding });

    private void Note(UpdateStep step)
    {
        log.WriteStep(run, step);
        if (_steps.Count < MaxSteps)
        {
            _steps.Add(step);
        }
        else if (_steps.Count == MaxSteps)
        {
            _steps.Add(step with { Message = $"More than {MaxSteps} steps: see logs/update.log." });
        }
    }
}
