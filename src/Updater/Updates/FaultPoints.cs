using System.Diagnostics;

namespace Updater.Updates;

/// <summary>
/// Test aid: something goes wrong when a stage is entered. <c>UPDATER_FAULT_KILL=Swapping</c> ends the process with
/// SIGKILL there, <c>UPDATER_FAULT_NOSPACE=Unpacking</c> makes the volume look full there (M-213, M-208). Both are
/// read once; neither is a setting that anybody should make outside a test.
/// </summary>
/// <param name="onEnter">Called with each stage that is entered; may throw.</param>
internal sealed class FaultPoints(Action<UpdateStage>? onEnter)
{
    public static FaultPoints None { get; } = new(onEnter: null);

    public void Enter(UpdateStage stage) => onEnter?.Invoke(stage);

    public static FaultPoints FromEnvironment()
    {
        var kill = Stage("UPDATER_FAULT_KILL");
        var noSpace = Stage("UPDATER_FAULT_NOSPACE");
        if (kill is null && noSpace is null)
        {
            return None;
        }

        return new FaultPoints(stage =>
        {
            if (stage == kill)
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
            }

            if (stage == noSpace)
            {
                throw DiskFull.Simulated($"No space left on device (injected at {stage}).");
            }
        });
    }

    private static UpdateStage? Stage(string variable) =>
        Enum.TryParse<UpdateStage>(Environment.GetEnvironmentVariable(variable), out var stage) ? stage : null;
}
