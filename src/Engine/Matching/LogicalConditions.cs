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
        var isCarrier = false;
        for (var i = types.Length - 1; i >= 0; i--)
        {
            // An archive behind a script or program is a level of its own, between its members and what carries it.
            layer = isCarrier ? layer : layer?.Container;
            if (layer is null)
            {
                return false;
            }

            var type = isCarrier ? layer.Type : layer.OpenedAs;
            if (types[i] != (byte)FileTypeName.Any && TypeNames.ToObject((FileTypeName)types[i]) != type)
            {
                return false;
            }

            isCarrier = !isCarrier && layer.OpenedAs != layer.Type;
        }

        return true;
    }
}
