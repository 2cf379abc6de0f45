using Definitions;
using Definitions.Signatures;
using Updater.Sources;

namespace Updater.Cli;

/// <summary>What lint looks at: signature files, and the members of containers that were verified.</summary>
internal sealed class LintInputs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("updater-lint-");
    private readonly List<LintInput> _all = [];

    private LintInputs()
    {
    }

    /// <summary>In the order of the files; those of a container in its order.</summary>
    public IReadOnlyList<LintInput> All => _all;

    /// <exception cref="IOException">A container could not be read, or the temporary folder not written.</exception>
    public static LintInputs Open(IEnumerable<string> files, ContainerFiles containers, CancellationToken cancellationToken)
    {
        var inputs = new LintInputs();
        try
        {
            foreach (var file in files)
            {
                if (ContainerFiles.IsContainer(file))
                {
                    inputs.AddMembers(file, containers, cancellationToken);
                }
                else
                {
                    inputs._all.Add(new LintInput(file, file, Refusal: null));
                }
            }

            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void AddMembers(string container, ContainerFiles containers, CancellationToken cancellationToken)
    {
        try
        {
            var folder = _folder.CreateSubdirectory(Path.GetRandomFileName()).FullName;
            var place = Path.GetDirectoryName(container) ?? "";
            _all.AddRange(containers.Open(container, folder, cancellationToken).Files.Select(
                member => new LintInput(Path.Combine(place, Path.GetFileName(member)), member, Refusal: null)));
        }
        catch (RefusedException e)
        {
            _all.Add(new LintInput(container, container, ContainerFiles.Finding(Path.GetFileName(container), e)));
        }
    }
}

/// <summary>One file to look at.</summary>
/// <param name="Shown">Its name for people: the path, inside containers <c>path!member</c>.</param>
/// <param name="Path">Where it lies now.</param>
/// <param name="Refusal">Why it is not looked at; null = it is.</param>
internal sealed record LintInput(string Shown, string Path, Diagnostic? Refusal);
