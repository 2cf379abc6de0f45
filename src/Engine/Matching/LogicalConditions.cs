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
        && HoldsIntermediates(record.Intermediates, subject)
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
            ? ContainerTypes.IsOf(around, (FileTypeName)container)
            : container == (byte)FileTypeName.Any;
    }

    /// <summary>
    /// The types in front of the object, the last one directly around it. <c>CL_TYPE_ANY</c> asks for one more layer,
    /// wherever it stands, and leaves none out; the copies of HTML have the document as one more layer (measured).
    /// </summary>
    private static bool HoldsIntermediates(ReadOnlySpan<byte> types, in MatchSubject subject)
    {
        var missing = types.Length;
        var level = Level.Above(subject.Layer);
        for (var i = types.Length - 1; i >= 0; i--)
        {
            var type = (FileTypeName)types[i];
            if (type == FileTypeName.Any)
            {
                continue;
            }

            if (!level.Is(type))
            {
                return false;
            }

            level = level.Up();
            missing--;
        }

        if (subject is { IsNormalised: true, Layer.Type: ObjectType.Html })
        {
            missing--;
        }

        for (; missing > 0 && level.Exists; missing--)
        {
            level = level.Up();
        }

        return missing <= 0;
    }

    /// <summary>An archive behind a script or program is a level of its own, between its members and what carries it.</summary>
    private readonly record struct Level(ILayer? Layer, bool IsCarrier)
    {
        public bool Exists => Layer is not null;

        public static Level Above(ILayer? layer) => new(layer?.Container, IsCarrier: false);

        public bool Is(FileTypeName type) => Layer is not null
            && (IsCarrier ? TypeNames.ToObject(type) == Layer.Type : ContainerTypes.IsOf(Layer, type));

        public Level Up() => !IsCarrier && Layer!.OpenedAs != Layer.Type ? this with { IsCarrier = true } : Above(Layer);
    }
}
