using Definitions.Signatures;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>What a target description asks of the object besides its bytes (clamav-formats.md §3.7).</summary>
internal static class LogicalConditions
{
    public static bool Hold(in LogicalRecord record, in MatchSubject subject) =>
        !record.NeedsIcon
        && record.FileSize.Contains(subject.ObjectLength ?? subject.Content.Length)
        && HoldsContainer(record.Container, subject.Layer)
        && HoldsIntermediates(record.Intermediates, subject.Layer)
        && (record.EntryPoint.Minimum < 0
            || (subject.Executable?.EntryPoint is { } entry && record.EntryPoint.Contains(entry)))
        && (record.NumberOfSections.Minimum < 0
            || (subject.Executable is { } executable && record.NumberOfSections.Contains(executable.Sections.Count)));

    /// <summary>The layer directly around the object; <c>CL_TYPE_ANY</c> asks that there is none.</summary>
    private static bool HoldsContainer(byte container, ILayer? layer)
    {
        if (container == LogicalRecord.NoType)
        {
            return true;
        }

        return layer?.Container is { } around
            ? TypeNames.ToObject((FileTypeName)container) == around.OpenedAs
            : container == (byte)FileTypeName.Any;
    }

    private static bool HoldsIntermediates(ReadOnlySpan<byte> types, ILayer? layer)
    {
        for (var i = types.Length - 1; i >= 0; i--)
        {
            layer = layer?.Container;
            if (layer is null || (types[i] != (byte)FileTypeName.Any && TypeNames.ToObject((FileTypeName)types[i]) != layer.OpenedAs))
            {
                return false;
            }
        }

        return true;
    }
}
