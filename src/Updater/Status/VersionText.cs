using Definitions;

namespace Updater.Status;

/// <summary>The version text: four lines with fixed labels, as monitoring of the original reads them (csapi.md §8, M-180).</summary>
internal static class VersionText
{
    /// <summary>Stands for the version while there are no definitions; has the shape that monitoring expects.</summary>
    public const string NoVersion = "00000000.000";

    /// <summary>Four lines, each ended by a line feed.</summary>
    /// <param name="instance">What the first line starts with.</param>
    public static string Format(string instance, DefinitionsStatus status) =>
        $"{instance}: DEC scanner version number: {EngineVersion.Decomposer}\n"
        + $"AV scanner version number: {EngineVersion.Current}\n"
        + $"AV definitions version: {status.Active?.Version.ToString() ?? NoVersion}\n"
        + $"{StateText(status)}\n";

    /// <summary>The state as people read it.</summary>
    public static string StateText(DefinitionsStatus status) => status.State switch
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
