using Definitions.Signatures;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>What a target description asks of the object besides its bytes (clamav-formats.md §3.7).</summary>
internal static class LogicalConditions
{
    /// <exception cref="IOException">A layer around the object could not be read.</exception>
    public static bool Hold(in LogicalRecord record, in MatchSubject subject) =>
        !record.NeedsIcon
        && record.FileSize.Contains(subject.ObjectLength ?? subject.Content.Length)
        && (record.EntryPoint.Minimum < 0
            || (subject.Executable?.EntryPoint is { } entry && record.EntryPoint.Contains(entry)))
        && (record.NumberOfSections.Minimum < 0
            || (subject.Executable is { } executable && record.NumberOfSections.Contains(executable.Sections.Count)))
        && HoldsPlace(record, subject);

    private static bool HoldsPlace(in LogicalRecord record, in MatchSubject subject)
    {
        if (record.Container == LogicalRecord.NoType && record.Intermediates.IsEmpty)
        {
            return true;
        }

        var levels = record.Intermediates.Length;
        if (subject is { IsNormalised: true, Layer.Type: ObjectType.Html })
        {
            // The copies of HTML have the document as one more layer (measured).
            levels--;
        }

        return HoldsPlace(record, LayerLevel.Above(subject.Layer), levels)
            || (subject.Layer is { HasZipAround: true } member && HoldsPlace(record, LayerLevel.ZipAround(member), levels));
    }

    /// <summary>The layer directly around the object; <c>CL_TYPE_ANY</c> asks that there is none.</summary>
    private static bool HoldsPlace(in LogicalRecord record, LayerLevel around, int levels) =>
        (record.Container == LogicalRecord.NoType
            || (around.Exists ? around.Is((FileTypeName)record.Container) : record.Container == (byte)FileTypeName.Any))
        && HoldsIntermediates(record.Intermediates, around, levels);

    /// <summary>
    /// The types in front of the object, the last one directly around it. <c>CL_TYPE_ANY</c> asks for one more layer,
    /// wherever it stands, and leaves none out (measured).
    /// </summary>
    /// <param name="levels">Layers that there have to be.</param>
    private static bool HoldsIntermediates(ReadOnlySpan<byte> types, LayerLevel level, int levels)
    {
        for (; !types.IsEmpty; types = types[..^1])
        {
            var type = (FileTypeName)types[^1];
            if (type == FileTypeName.Any)
            {
                continue;
            }

            if (!level.Is(type))
            {
                return false;
            }

            levels--;
            if (level.Other() is { } other && HoldsIntermediates(types[..^1], other, levels))
            {
                return true;
            }

            level = level.Up();
        }

        for (; levels > 0 && level.Exists; levels--)
        {
            level = level.Other() ?? level.Up();
        }

        return levels <= 0;
    }
}
