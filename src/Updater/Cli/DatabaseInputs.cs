using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Sources;

namespace Updater.Cli;

/// <summary>
/// What <c>--database</c> and <c>compile</c> are given, as inputs of the compiler: plain files are one package, each ClamAV
/// container is unpacked, verified, and a package of its own. Of <c>x.cvd</c> and <c>x.cld</c> in
/// one folder the newer one counts (clamav-formats.md §1.9).
/// </summary>
internal sealed class DatabaseInputs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("updater-containers-");
    private readonly List<CompileInput> _inputs = [];

    private readonly ContainerFiles _containers;

    private DatabaseInputs(ContainerFiles containers) => _containers = containers;

    /// <param name="files">Existing regular files.</param>
    /// <param name="containers">Opens those among them.</param>
    /// <param name="isOfficial">Of the plain files; a container tells itself.</param>
    /// <exception cref="RefusedException">A container is not what its publisher signed, or damaged.</exception>
    /// <exception cref="IOException">A file could not be read, or the temporary folder not written.</exception>
    public static DatabaseInputs Open(
        IReadOnlyList<string> files, ContainerFiles containers, TimeProvider time, bool isOfficial, CancellationToken cancellationToken)
    {
        var inputs = new DatabaseInputs(containers);
        try
        {
            var packed = files.Where(ContainerFiles.IsContainer).ToList();
            var plain = files.Except(packed, StringComparer.Ordinal).ToList();
            if (plain.Count > 0 || packed.Count == 0)
            {
                inputs._inputs.Add(new CompileInput(IdOf(PackageId.LocalName, time.GetUtcNow()), isOfficial, IsLenient: false, plain));
            }

            foreach (var container in ContainerFiles.Counting(packed))
            {
                inputs.Add(container, cancellationToken);
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
    public CompileRequest Request(UnwantedPolicy unwanted, Action<CompileProgress>? progress = null) =>
        new() { Inputs = _inputs, Unwanted = unwanted, Progress = progress };

    public void Dispose() => _folder.Delete(recursive: true);

    private static PackageId IdOf(string name, DateTimeOffset time) =>
        new(name, new DefinitionsVersion(DateOnly.FromDateTime(time.UtcDateTime), 1));

    private void Add(string path, CancellationToken cancellationToken)
    {
        try
        {
            var folder = _folder.CreateSubdirectory(Path.GetRandomFileName()).FullName;
            var opened = _containers.Open(path, folder, cancellationToken);
            var name = opened.Database.ToLowerInvariant();
            _inputs.Add(new CompileInput(
                IdOf(PackageId.IsValidName(name) && name != PackageId.LocalName ? name : "database", opened.Created),
                opened.IsOfficial,
                IsLenient: false,
                opened.Files));
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Reason, $"{path}: {e.Message}", e);
        }
    }
}
