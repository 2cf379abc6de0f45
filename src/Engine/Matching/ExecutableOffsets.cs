using Definitions.Signatures;

namespace Engine.Matching;

/// <summary>
/// Where bodies may start whose offset is measured from a part of an executable (clamav-formats.md §3.6). Without a
/// layout, or without the section, nowhere.
/// </summary>
internal static class ExecutableOffsets
{
    private static (long First, long Last) Nowhere => (0, -1);

    /// <summary>As <see cref="BodyRecord.StartRange"/>, for the offsets that need an executable; nowhere for all others.</summary>
    public static (long First, long Last) StartRange(in BodyRecord body, in ContentView view)
    {
        if (view.Executable is not { } layout)
        {
            return Nowhere;
        }

        var sections = layout.Sections;
        switch (body.OffsetBase)
        {
            case OffsetBase.EntryPoint when layout.EntryPoint is { } entry:
                return From(entry + body.Distance, body.MaxShift, view.Length);
            case OffsetBase.Section when body.SectionIndex < sections.Count:
                return From(sections[body.SectionIndex].Start + body.Distance, body.MaxShift, view.Length);
            case OffsetBase.LastSection when sections.Count > 0:
                return From(sections[^1].Start + body.Distance, body.MaxShift, view.Length);
            case OffsetBase.WholeSection when body.SectionIndex < sections.Count:
                // The position behind the section's last byte counts too (§3.6, quirk).
                var section = sections[body.SectionIndex];
                return From(section.Start, section.Size + body.MaxShift, view.Length);
            case OffsetBase.VersionInformation when layout.VersionInformation.Count > 0:
                return (layout.VersionInformation[0].Start, layout.VersionInformation[^1].Start);
            default:
                return Nowhere;
        }
    }

    /// <summary>Of a start inside the range, whether it is one: at <c>VI</c> only the first byte of a string's name is.</summary>
    public static bool IsStart(in BodyRecord body, in ContentView view, long start)
    {
        if (body.OffsetBase != OffsetBase.VersionInformation)
        {
            return true;
        }

        if (view.Executable is not { } layout)
        {
            return false;
        }

        var (first, last) = (0, layout.VersionInformation.Count - 1);
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var order = layout.VersionInformation[middle].Start.CompareTo(start);
            if (order == 0)
            {
                return true;
            }

            (first, last) = order < 0 ? (middle + 1, last) : (first, middle - 1);
        }

        return false;
    }

    // A start in front of the file makes the whole range unreachable, as in the reference engine.
    private static (long First, long Last) From(long start, long shift, long length) =>
        start < 0 || start > length ? Nowhere : (start, shift >= length ? length : Math.Min(start + shift, length));
}
