using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Definitions.Signatures;
using Engine.Images;

namespace Updater.Cli;

/// <summary>
/// What <c>--database</c> and <c>compile</c> are given, as inputs of the compiler: plain files are one package, each ClamAV
/// container is unpacked, verified with the published keys, and a package of its own. Of <c>x.cvd</c> and <c>x.cld</c> in
/// one folder the newer one counts (clamav-formats.md §1.9).
/// </summary>
internal sealed class DatabaseInputs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("updater-containers-");
    private readonly List<CompileInput> _inputs = [];

    private DatabaseInputs()
    {
    }

    /// <param name="files">Existing regular files.</param>
    /// <param name="isOfficial">Of the plain files; a container tells itself.</param>
    /// <exception cref="RefusedException">A container is not what its publisher signed, or damaged.</exception>
    /// <exception cref="IOException">A file could not be read, or the temporary folder not written.</exception>
    public static DatabaseInputs Open(IReadOnlyList<string> files, TimeProvider time, bool isOfficial, CancellationToken cancellationToken)
    {
        var inputs = new DatabaseInputs();
        try
        {
            var containers = files.Where(IsContainer).ToList();
            var plain = files.Except(containers, StringComparer.Ordinal).ToList();
            if (plain.Count > 0 || containers.Count == 0)
            {
                inputs._inputs.Add(new CompileInput(IdOf(PackageId.LocalName, time.GetUtcNow()), isOfficial, IsLenient: false, plain));
            }

            foreach (var container in containers.GroupBy(Path.GetDirectoryName, StringComparer.Ordinal).SelectMany(Newest))
            {
                inputs.Add(container, time, cancellationToken);
            }

            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    /// <param name="progress">Told how far the compiler is; null: nobody looks.</param>
    public CompileRequest Request(TimeProvider time, UnwantedPolicy unwanted, Action<CompileProgress>? progress = null) =>
        new() { Inputs = _inputs, Unwanted = unwanted, BuildTime = time.GetUtcNow(), Progress = progress };

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool IsContainer(string path) => ContainerKinds.TryOfFileName(Path.GetFileName(path), out _);

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

    private static PackageId IdOf(string name, DateTimeOffset time) =>
        new(name, new DefinitionsVersion(DateOnly.FromDateTime(time.UtcDateTime), 1));

    private void Add(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        ContainerKinds.TryOfFileName(Path.GetFileName(path), out var kind);
        var folder = _folder.CreateSubdirectory(Path.GetRandomFileName()).FullName;
        using var container = File.OpenRead(path);
        try
        {
            var database = ContainerReader.Unpack(
                container, new ContainerSource(kind), folder, new ContainerTrust { Now = time.GetUtcNow() }, ContainerLimits.Default, cancellationToken);
            var name = database.Name.ToLowerInvariant();
            _inputs.Add(new CompileInput(
                IdOf(PackageId.IsValidName(name) && name != PackageId.LocalName ? name : "database", database.Header.CreationTime),
                database.IsOfficial,
                IsLenient: false,
                [.. database.Members.Select(member => Path.Combine(folder, member.Name))]));
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Reason, $"{path}: {e.Message}", e);
        }
    }
}
