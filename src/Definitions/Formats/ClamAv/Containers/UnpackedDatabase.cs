using System.Collections.Immutable;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>A file of a database that its index lists: mostly a signature file, perhaps of a kind that is not known yet.</summary>
/// <param name="Name">A safe file name (<see cref="Packages.PackageFileName"/>).</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content, as the index lists it.</param>
public sealed record DatabaseMember(string Name, long Size, Digest Sha256);

/// <summary>
/// Evidence: a folder with a database of which everything was verified. Made by <see cref="ContainerReader"/> and
/// <see cref="Cdiff.CdiffApplier"/> only. It says what was written; who changes the folder afterwards is on their own.
/// </summary>
public sealed class UnpackedDatabase
{
    /// <summary>The licence text, the one file that no signature of the index covers. Never parsed.</summary>
    public const string LicenceName = "COPYING";

    private readonly VerifiedIndex _index;

    private UnpackedDatabase(VerifiedIndex index, string folder, ImmutableArray<DatabaseMember> members, Digest? containerDigest)
    {
        _index = index;
        Folder = folder;
        Members = members;
        ContainerDigest = containerDigest;
    }

    /// <summary>Such as <c>daily</c>.</summary>
    public string Name => _index.DatabaseName;

    /// <summary>Holds <see cref="Members"/>, the index and perhaps <see cref="LicenceName"/>; nothing else.</summary>
    public string Folder { get; }

    /// <summary>After a patch <see cref="ContainerKind.Cld"/>.</summary>
    public ContainerKind Kind => _index.Kind;

    /// <summary>The release, from the index.</summary>
    public ContainerHeader Header => _index.Index.Header;

    public ContainerIndex Index => _index.Index;

    /// <summary>Such as <c>daily.info</c>.</summary>
    public string IndexName => _index.FileName;

    /// <summary>All that the index lists. Feed those to the loaders whose name <see cref="DatabaseFileNames"/> knows.</summary>
    public ImmutableArray<DatabaseMember> Members { get; }

    /// <summary>False for what no publisher signed: its names get <c>.UNOFFICIAL</c>.</summary>
    public bool IsOfficial => Kind.IsSigned();

    /// <summary>Common name of the certificate behind a <c>.sign</c> file; null when the older schemes decided.</summary>
    public string? SignerName => _index.SignerName;

    /// <summary>SHA-256 of the container's file; null for the result of a patch.</summary>
    public Digest? ContainerDigest { get; }

    /// <summary>Compares what lies in the folder with the index (clamav-formats.md §1.5 step 4).</summary>
    /// <param name="index">Of the database.</param>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="files">What was written, without licence and index.</param>
    /// <param name="containerDigest">Of the container they came from.</param>
    /// <exception cref="RefusedException"><c>FileSet</c>, <c>FileDigest</c></exception>
    internal static UnpackedDatabase Verify(
        VerifiedIndex index, string folder, IEnumerable<DatabaseMember> files, Digest? containerDigest)
    {
        var members = files.ToImmutableArray();
        if (members.DistinctBy(member => member.Name, StringComparer.OrdinalIgnoreCase).Count() < members.Length)
        {
            throw ContainerFault.Of(RefusalReason.FileSet, $"The database holds two files that differ in case only.");
        }

        foreach (var member in members)
        {
            var listed = Listed(index, member.Name);
            if (member.Size != listed.Size || member.Sha256 != listed.Sha256)
            {
                throw ContainerFault.Of(
                    RefusalReason.FileDigest, $"{member.Name} has {member.Size} bytes with SHA-256 {member.Sha256}; {index.FileName} says otherwise.");
            }
        }

        // The archive has no end mark: without this a container cut between two members would load with half its signatures.
        var present = members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        var missing = index.Index.Members.FirstOrDefault(listed => !present.Contains(listed.Name));
        return missing is null
            ? new UnpackedDatabase(index, folder, members, containerDigest)
            : throw ContainerFault.Of(RefusalReason.FileSet, $"{missing.Name} is listed in {index.FileName} but is not there.");
    }

    /// <exception cref="RefusedException"><c>FileSet</c>: a file that nobody vouches for.</exception>
    internal static IndexedMember Listed(VerifiedIndex index, string name) =>
        index.Index.Find(name)
        ?? throw ContainerFault.Of(RefusalReason.FileSet, $"{name} is not listed in {index.FileName}.");
}
