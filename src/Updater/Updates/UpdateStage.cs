namespace Updater.Updates;

/// <summary>
/// Where a run is. Each name is also a fault point: tests kill the process when a stage is entered and expect the
/// old or the new generation after the next start (M-213).
/// </summary>
internal enum UpdateStage
{
    Idle,
    Checking,
    Downloading,
    Verifying,
    Unpacking,
    Incoming,
    Compiling,
    Validating,
    Installing,
    Activating,
    Swapping,
    Recording,
    Done,
}
