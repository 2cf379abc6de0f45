using Updater.Status;

namespace Updater.Hosting;

/// <summary>The state line of the version text (csapi.md §8).</summary>
internal static class StateText
{
    public static string Of(DefinitionsStatus status) => status.State switch
    {
        DefinitionsState.NoDefinitions => "No definitions",
        DefinitionsState.UpToDate => "Up to date",
        DefinitionsState.Updating => "Updating",
        DefinitionsState.UpdateAvailable => "Update available",
        DefinitionsState.OutOfDate => "Out of date",
        DefinitionsState.UpdateFailed => $"Update failed: {status.LastFailureReason}",
        DefinitionsState.RolledBack => "Rolled back",
    };
}
