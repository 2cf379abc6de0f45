using System.Security.Cryptography;
using Definitions;
using Definitions.Signatures;
using Definitions.Trust;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>One look at every file of a files source; gathers what the next package is made of in a work folder.</summary>
/// <param name="here">The last package, whole; null = none.</param>
/// <param name="work">Empty.</param>
internal sealed class FilesRound(
    SourceOptions options,
    IncomingPackage? here,
    string work,
    ServerList servers,
    SourceState state,
    SourceContext context,
    TimeProvider time)
{
    private readonly MinisignKey? _key = options.Files.MinisignKey.Length == 0 ? null : SourceRules.ReadKey(options.Files.MinisignKey)
        ?? throw new SourceException(FailureReason.Configuration, $"The minisign key of source '{options.Name}' cannot be read.");

    private readonly Dictionary<string, FileMark> _marks = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly List<OfferProblem> _problems = [];

    /// <summary>Validators for the next round, by address.</summary>
    public IReadOnlyDictionary<string, FileMark> Marks => _marks;

    /// <summary>Addresses whose content is in, old or new.</summary>
    public IReadOnlyCollection<string> Taken => _marks.Keys;

    /// <summary>Full paths in the work folder.</summary>
    public IReadOnlyList<string> Files => _files;

    public IReadOnlyList<OfferProblem> Problems => _problems;

    public Exception? FirstError { get; private set; }

    /// <summary>Fetches one file, or keeps what is here of it.</summary>
    public async Task TakeAsync(CustomFile file, CancellationToken cancellationToken)
    {
        var known = state.FindFile(file.KeyFor(options)) is { } mark && mark.Names.All(HasHere) ? mark : null;
        try
        {
            if (servers.Objection(file.Server) is { } objection)
            {
                throw objection;
            }

            try
            {
                await FetchAsync(file, known, cancellationToken);
            }
            catch (SourceException e)
            {
                await servers.TakeAsync(file.Server, e, cancellationToken);
                throw;
            }
        }
        catch (SourceException e)
        {
            var told = e.Message.Contains(file.Address, StringComparison.Ordinal) ? e : e.About(file.Address);
            Keep(file, known, new UpdateOutcome.Failed(told.Reason, told.Message), told);
        }
        catch (RefusedException e)
        {
            var told = e.Message.Contains(file.Address, StringComparison.Ordinal) ? e : new RefusedException(e.Reason, $"{file.Address}: {e.Message}", e);
            Keep(file, known, new UpdateOutcome.Refused(told.Reason, told.Message), told);
        }
    }

    public async Task<IReadOnlyList<(string Name, Digest Sha256)>> DigestsAsync(CancellationToken cancellationToken)
    {
        var digests = new List<(string, Digest)>();
        foreach (var path in _files)
        {
            await using var content = File.OpenRead(path);
            digests.Add((Path.GetFileName(path), new Digest(await SHA256.HashDataAsync(content, cancellationToken))));
        }

        return digests;
    }

    private async Task FetchAsync(CustomFile file, FileMark? known, CancellationToken cancellationToken)
    {
        context.FreeSpace.Demand(context.Folders, known is null ? 0 : FreeSpace.Need(SizeOf(known), 0, 0), $"Downloading {file.Name}");
        var received = Path.Combine(work, "received");
        var reply = await file.FetchAsync(known, received, options, _key, cancellationToken);
        if (reply.IsNotModified)
        {
            CopyKnown(known!);
            _marks[file.KeyFor(options)] = known!;
            return;
        }

        context.Journal.CountDownload(reply.Bytes);
        var names = await UnpackAsync(file, received, cancellationToken);
        _marks[file.KeyFor(options)] = new FileMark(reply.Tag, reply.Modified, names);
    }

    private async Task<IReadOnlyList<string>> UnpackAsync(CustomFile file, string received, CancellationToken cancellationToken)
    {
        var unpacked = Path.Combine(work, "unpacked");
        Store.FolderTree.Delete(unpacked);
        Directory.CreateDirectory(unpacked);
        if (!await CustomContainer.TryUnpackAsync(file.Name, received, unpacked, options, time, cancellationToken))
        {
            File.Move(received, Path.Combine(unpacked, file.Name));
        }

        else
        {
            // Members of different containers may have the same name.
            foreach (var path in Directory.GetFiles(unpacked))
            {
                File.Move(path, Path.Combine(unpacked, ContainerFiles.PackedName(file.Name, Path.GetFileName(path))));
            }
        }

        var names = Directory.EnumerateFiles(unpacked).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
        {
            DemandNew(file, name);
        }

        await DemandSignaturesAsync(file, [.. names.Select(name => Path.Combine(unpacked, name))], cancellationToken);
        foreach (var name in names)
        {
            Add(Path.Combine(unpacked, name), name, isMove: true);
        }

        return names;
    }

    /// <summary>Members of a container may be named like another file of the source.</summary>
    private void DemandNew(CustomFile file, string name)
    {
        if (_files.Any(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new RefusedException(
                RefusalReason.FileSet, $"{file.Address} brings {name}, which another file of source '{options.Name}' brings too.");
        }
    }

    /// <summary>
    /// A server that is out of order answers 200 with a sentence as well: what has content and no line of use is no version of
    /// the file. Of a container one member of use is enough.
    /// </summary>
    private static async Task DemandSignaturesAsync(CustomFile file, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        Diagnostic? fault = null;
        foreach (var path in paths)
        {
            var lines = await CustomLines.LookAsync(path, cancellationToken);
            if (lines.AreAny)
            {
                return;
            }

            fault ??= lines.FirstFault;
        }

        if (fault is not null)
        {
            throw new RefusedException(RefusalReason.SignatureMalformed, $"{file.Address} holds no signature: {fault with { File = ContainerFiles.ShownName(fault.File) }}");
        }
    }

    private void Keep(CustomFile file, FileMark? known, UpdateOutcome problem, Exception error)
    {
        FirstError ??= error;
        _problems.Add(new OfferProblem(file.Address, problem));
        if (known is not null)
        {
            CopyKnown(known);
            _marks[file.KeyFor(options)] = known;
        }
    }

    private void CopyKnown(FileMark known)
    {
        foreach (var name in known.Names)
        {
            Add(HerePath(name), name, isMove: false);
        }
    }

    private void Add(string from, string name, bool isMove)
    {
        var folder = Path.Combine(work, "files");
        Directory.CreateDirectory(folder);
        var to = Path.Combine(folder, name);
        if (isMove)
        {
            File.Move(from, to);
        }
        else
        {
            File.Copy(from, to);
        }

        _files.Add(to);
    }

    private bool HasHere(string name) => here is not null && here.Manifest!.Files.Any(file => file.Name == name);

    private string HerePath(string name) => Path.Combine(Store.PackageFolder.Files(here!.Folder), name);

    private long SizeOf(FileMark known) => known.Names.Sum(name => new FileInfo(HerePath(name)).Length);
}
