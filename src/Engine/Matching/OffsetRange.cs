using Definitions.Signatures;
using Engine.Executables;

namespace Engine.Matching;

/// <summary>Where an offset of a regular expression lies in an object (clamav-formats.md §3.6, Offsets).</summary>
internal static class OffsetRange
{
    /// <summary>First and last start, last below first when the place does not exist.</summary>
    public static (long First, long Last) Of(SignatureOffset offset, long length, ExecutableLayout? executable)
    {
        var first = offset.Base switch
        {
            OffsetBase.Any => 0,
            OffsetBase.Start => offset.Distance,
            OffsetBase.End => length - offset.Distance,
            OffsetBase.EntryPoint => executable?.EntryPoint + offset.Distance ?? -1,
            OffsetBase.Section or OffsetBase.WholeSection => Section(executable, offset.Index)?.Start + offset.Distance ?? -1,
            OffsetBase.LastSection => Section(executable, (executable?.Sections.Count ?? 0) - 1)?.Start + offset.Distance ?? -1,
            OffsetBase.VersionInformation => executable is { VersionInformation: [var range, ..] } ? range.Start : -1,
            OffsetBase.MacroGroup or OffsetBase.Never => -1,
        };
        var shift = offset.Base == OffsetBase.WholeSection ? Section(executable, offset.Index)?.Size ?? 0 : offset.MaxShift;
        return first < 0 || first > length ? (0, -1) : (first, shift >= length - first ? length : first + shift);
    }

    private static ExecutableSection? Section(ExecutableLayout? executable, int index) =>
        executable is not null && index >= 0 && index < executable.Sections.Count ? executable.Sections[index] : null;
}
