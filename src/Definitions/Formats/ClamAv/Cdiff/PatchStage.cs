using System.Globalization;
using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>
/// A database's files as a patch sees and changes them: new versions lie in a hidden folder beside the old ones until
/// <see cref="Commit"/>; without it nothing was changed.
/// </summary>
internal sealed class PatchStage : IDisposable
{
    private const string StageName = ".patch";

    private readonly string _folder;
    private readonly string _stage;
    private readonly WriteBudget _budget;
    private readonly Dictionary<string, StagedFile> _files = new(StringComparer.Ordinal);
    private int _written;

    /// <param name="folder">Of the database.</param>
    /// <param name="files">What lies there; size and digest count where the file is a signature file.</param>
    /// <param name="budget">Of the whole patch.</param>
    public PatchStage(string folder, IEnumerable<DatabaseMember> files, WriteBudget budget)
    {
        _folder = folder;
        _budget = budget;
        _stage = Path.Combine(folder, StageName);
        foreach (var file in files)
        {
            _files.Add(file.Name, new StagedFile(Path.Combine(folder, file.Name), file));
        }

        DeleteStage(); // Left by a crash.
        Directory.CreateDirectory(_stage);
    }

    /// <summary>The files as they are now.</summary>
    public IEnumerable<DatabaseMember> Files => _files.Values.Select(file => file.Member);

    public bool Contains(string name) => _files.ContainsKey(name);

    /// <exception cref="RefusedException"><c>PatchMismatch</c>: there is no such file.</exception>
    public FileStream OpenRead(string name) => _files.TryGetValue(name, out var file)
        ? new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)
        : throw PatchFault.Mismatch($"{name} is not in the database.");

    /// <summary>Writes a new version of a file, existing or not.</summary>
    public void Write(string name, Action<MemberOutput> write)
    {
        var path = Path.Combine(_stage, (++_written).ToString(CultureInfo.InvariantCulture));
        DatabaseMember member;
        using (var output = new MemberOutput(path, _budget))
        {
            write(output);
            member = output.Complete(name);
        }

        Forget(name);
        _files[name] = new StagedFile(path, member);
    }

    /// <exception cref="RefusedException"><c>PatchMismatch</c>: there is no such file.</exception>
    public void Unlink(string name)
    {
        if (!Forget(name))
        {
            throw PatchFault.Mismatch($"{name} is not in the database.");
        }
    }

    /// <summary>Puts the new versions in place and removes what was unlinked. A crash in the middle leaves a folder to be thrown away.</summary>
    /// <exception cref="IOException">Our own disk failed.</exception>
    public void Commit()
    {
        foreach (var path in Directory.EnumerateFiles(_folder).Where(path => !_files.ContainsKey(Path.GetFileName(path))).ToList())
        {
            File.Delete(path);
        }

        foreach (var (name, file) in _files)
        {
            if (IsStaged(file))
            {
                File.Move(file.Path, Path.Combine(_folder, name), overwrite: true);
            }
        }
    }

    public void Dispose() => DeleteStage();

    private bool Forget(string name)
    {
        if (!_files.Remove(name, out var old))
        {
            return false;
        }

        if (IsStaged(old))
        {
            File.Delete(old.Path);
        }

        return true;
    }

    private bool IsStaged(StagedFile file) => Path.GetDirectoryName(file.Path) == _stage;

    private void DeleteStage()
    {
        if (Directory.Exists(_stage))
        {
            Directory.Delete(_stage, recursive: true);
        }
    }

    private sealed record StagedFile(string Path, DatabaseMember Member);
}
