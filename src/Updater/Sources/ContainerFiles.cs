using System.Diagnostics.CodeAnalysis;
using System.Text;
using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Definitions.Packages;
using Definitions.Signatures;
using Updater.Configuration;

namespace Updater.Sources;

/// <summary>
/// Containers that lie on this machine, opened for their members: each is verified whole, with the published keys or with
/// those of a configured source, before anything of it is used.
/// </summary>
[SuppressMessage("Design", "MA0045", Justification = "In commands, and on the thread pool elsewhere: unpacking is work, not waiting.")]
internal sealed class ContainerFiles(IReadOnlyList<ContainerTrust> trusts)
{
    /// <summary>The code of a finding about a container that is not used (docs/diagnostics.md).</summary>
    public const string RefusedCode = "IMG007";

    /// <summary>Stands between the container's name and the member's, as in the paths of scanned objects.</summary>
    private const char Inside = '!';

    /// <summary>Stands for it in names of files in packages, where the other may not be (docs/adr/0002-package-format.md).</summary>
    private const char Packed = '+';

    /// <summary>Bytes of a container's name in front of a member's, which has up to 100: file systems allow 255 for both.</summary>
    private const int MaxPrefixBytes = 150;

    /// <summary>Trusts the published keys, and the private publishers of the configured sources.</summary>
    public static ContainerFiles Trusting(IEnumerable<SourceOptions> sources, TimeProvider time)
    {
        var trusts = new List<ContainerTrust> { new() { Now = time.GetUtcNow() } };
        foreach (var source in sources.Where(source => source.Mirror.PublicKeys.Length > 0))
        {
            try
            {
                trusts.Add(MirrorTrust.Read(source, time));
            }
            catch (SourceException)
            {
                // The source's own run tells what is wrong with its keys; containers of others can still be verified.
            }
        }

        return new ContainerFiles(trusts);
    }

    /// <summary>
    /// Name of a container's member as a file of a package, whose names have fewer characters than those of a folder: such as
    /// <c>own.cud+own.ndb</c>. Where both names have no room, the end of the container's stands for it, at last none of it.
    /// </summary>
    public static string PackedName(string container, string member)
    {
        var room = PackageFileName.MaxLength - member.Length - 1;
        var prefix = container[Math.Max(0, container.Length - Math.Max(0, room))..].TrimStart('.', '-');
        return IsContainer(prefix) && Path.GetFileNameWithoutExtension(prefix).Length > 0 ? $"{prefix}{Packed}{member}" : member;
    }

    /// <summary>A package's file as people know it: <c>container!member</c>, or the name itself.</summary>
    public static string ShownName(string file) => file.IndexOf(Packed, StringComparison.Ordinal) is var at and > 0 && IsContainer(file[..at])
        ? $"{file[..at]}{Inside}{file[(at + 1)..]}"
        : file;

    public static bool IsContainer(string path) => ContainerKinds.TryOfFileName(Path.GetFileName(path), out _);

    /// <summary>Of <c>x.cvd</c> and <c>x.cld</c> in one folder the newer one (clamav-formats.md §1.9); all others.</summary>
    /// <exception cref="IOException">One could not be read.</exception>
    public static IEnumerable<string> Counting(IEnumerable<string> containers) =>
        containers.GroupBy(Path.GetDirectoryName, StringComparer.Ordinal).SelectMany(Newest);

    /// <summary>The finding about a container that was refused.</summary>
    /// <param name="name">How it is named to people.</param>
    public static Diagnostic Finding(string name, RefusedException refusal) =>
        new(RefusedCode, DiagnosticSeverity.Error, $"The container is not used: {refusal.Reason.ToWord()}: {refusal.Message}", name, 0, 0)
        {
            Hint = refusal.Reason == RefusalReason.DatabaseSignature
                ? "Build containers of your own unsigned, as .cud, or name your keys in the publicKeys of a source."
                : "Fetch or build the container again.",
        };

    /// <summary>Unpacks the members as files named <c>container!member</c>, so that findings tell where they lie.</summary>
    /// <param name="emptyFolder">Exists and is empty.</param>
    /// <exception cref="RefusedException">It is not what its publisher signed, or damaged; the folder is empty.</exception>
    /// <exception cref="IOException">It could not be read, or the folder not written.</exception>
    public OpenedContainer Open(string path, string emptyFolder, CancellationToken cancellationToken)
    {
        ContainerKinds.TryOfFileName(Path.GetFileName(path), out var kind);
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var database = Unpack(content, kind, emptyFolder, cancellationToken);
        var prefix = PrefixOf(Path.GetFileName(path));
        var files = new List<string>();
        foreach (var member in database.Members)
        {
            var file = Path.Combine(emptyFolder, $"{prefix}{Inside}{member.Name}");
            File.Move(Path.Combine(emptyFolder, member.Name), file);
            files.Add(file);
        }

        File.Delete(Path.Combine(emptyFolder, database.IndexName));
        File.Delete(Path.Combine(emptyFolder, UnpackedDatabase.LicenceName));
        return new OpenedContainer(database.Name, database.Header.CreationTime, database.IsOfficial, files);
    }

    private static IEnumerable<string> Newest(IGrouping<string?, string> folder)
    {
        var entries = folder.Select(path => new DirectoryEntry(Path.GetFileName(path), VersionOf(path)));
        return DatabaseDirectory.Select(entries).Select(file => Path.Combine(folder.Key ?? "", file.Name));
    }

    private static long? VersionOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var header = new byte[ContainerHeader.Size];
            file.ReadExactly(header);
            return ContainerHeader.Parse(header).Version;
        }
        catch (Exception e) when (e is RefusedException or EndOfStreamException)
        {
            // Unpacking says what is wrong with it.
            return null;
        }
    }

    /// <summary>What the first publisher says counts, unless another one signed it.</summary>
    private UnpackedDatabase Unpack(FileStream content, ContainerKind kind, string folder, CancellationToken cancellationToken)
    {
        RefusedException? first = null;
        foreach (var trust in trusts)
        {
            try
            {
                return ContainerReader.Unpack(content, new ContainerSource(kind), folder, trust, ContainerLimits.Default, cancellationToken);
            }
            catch (RefusedException e)
            {
                first ??= e;
                if (e.Reason != RefusalReason.DatabaseSignature)
                {
                    break;
                }
            }
        }

        throw first!;
    }

    private static string PrefixOf(string name)
    {
        var start = 0;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(start)) > MaxPrefixBytes)
        {
            start += char.IsSurrogatePair(name, start) ? 2 : 1;
        }

        return name[start..];
    }
}

/// <summary>The members of a verified container.</summary>
/// <param name="Database">Such as <c>daily</c>.</param>
/// <param name="Files">Full paths, in the order of the container; the index and the licence are left out.</param>
internal sealed record OpenedContainer(string Database, DateTimeOffset Created, bool IsOfficial, IReadOnlyList<string> Files);
