namespace Definitions.Formats.ClamAv.Containers;

/// <summary>A file of a database directory.</summary>
/// <param name="Name">File name without folders.</param>
/// <param name="ContainerVersion">From the header of a container; null for other files and for unreadable headers.</param>
public sealed record DirectoryEntry(string Name, long? ContainerVersion = null);

/// <summary>A file that is to be loaded.</summary>
/// <param name="Name">As in the directory.</param>
/// <param name="Container">Null for a plain signature file.</param>
/// <param name="IsOfficial">CVD and CLD; the names of all others are reported with <c>.UNOFFICIAL</c>.</param>
public sealed record SelectedFile(string Name, ContainerKind? Container, bool IsOfficial);

/// <summary>Which files of a database directory load, and in which order (clamav-formats.md §1.9).</summary>
public static class DatabaseDirectory
{
    /// <param name="files">In the order of the directory; the order among files of one rank is kept.</param>
    /// <param name="officialOnly"><c>OfficialDatabaseOnly</c>: nothing but CVD and CLD.</param>
    public static IReadOnlyList<SelectedFile> Select(IEnumerable<DirectoryEntry> files, bool officialOnly = false)
    {
        ArgumentNullException.ThrowIfNull(files);
        var known = files.Where(file => DatabaseFileNames.IsKnown(file.Name)).ToList();
        return
        [
            .. known.Where(file => !IsOutdone(file, known))
                .Select(Describe)
                .Where(file => file.IsOfficial || !officialOnly)
                .OrderBy(file => Rank(file.Name)), // Stable.
        ];
    }

    private static SelectedFile Describe(DirectoryEntry file) =>
        ContainerKinds.TryOfFileName(file.Name, out var kind)
            ? new SelectedFile(file.Name, kind, kind.IsSigned())
            : new SelectedFile(file.Name, Container: null, IsOfficial: false);

    /// <summary>Of <c>x.cld</c> and <c>x.cvd</c> the newer one loads; of two equal ones the patched one, which is read first.</summary>
    private static bool IsOutdone(DirectoryEntry file, List<DirectoryEntry> files)
    {
        if (!ContainerKinds.TryOfFileName(file.Name, out var kind) || !kind.IsSigned())
        {
            return false;
        }

        var isPatched = kind == ContainerKind.Cld;
        var otherName = file.Name[..^4] + (isPatched ? ".cvd" : ".cld");
        var other = files.FirstOrDefault(candidate => candidate.Name.Equals(otherName, StringComparison.OrdinalIgnoreCase));
        return other is not null
            && (isPatched ? other.ContainerVersion > (file.ContainerVersion ?? -1) : (other.ContainerVersion ?? -1) >= (file.ContainerVersion ?? -1));
    }

    /// <summary>Ignore lists have to be in effect before anything they could ignore.</summary>
    private static int Rank(string name)
    {
        const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;
        return name.EndsWith(".ign", AnyCase) || name.EndsWith(".ign2", AnyCase) ? 0
            : name.Equals("daily.cld", AnyCase) ? 1
            : name.Equals("daily.cvd", AnyCase) ? 2
            : name.Equals("local.gdb", AnyCase) ? 3
            : name.Equals("daily.cfg", AnyCase) ? 4
            : name.EndsWith(".crb", AnyCase) ? 5
            : 6;
    }
}
