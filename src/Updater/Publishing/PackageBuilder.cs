using Definitions;
using Definitions.Packages;
using Updater.Hosting;

namespace Updater.Publishing;

/// <summary>What <c>publish build</c> was asked for.</summary>
/// <param name="FilesFolder">Its files, without sub-folders, are the package.</param>
/// <param name="Probes">Samples that must be detected, and the name they must be detected by.</param>
internal sealed record BuildRequest(
    PackageId Id, string FilesFolder, Version MinimumEngine, IReadOnlyList<DetectionProbe> Probes);

/// <summary>Makes a package file in the channel's <c>targets/</c> and notes it as pending.</summary>
internal sealed class PackageBuilder(ChannelPublisher publisher)
{
    /// <exception cref="PublishException">The version is not newer, or the folder is none that can be packed.</exception>
    /// <exception cref="RefusedException">A file breaks a rule of packages, or the channel does not verify.</exception>
    public BuiltPackage Build(BuildRequest request, CancellationToken cancellationToken)
    {
        if (string.Equals(request.Id.Name, PackageId.LocalName, StringComparison.Ordinal))
        {
            throw new PublishException($"'{PackageId.LocalName}' is the name of each operator's own signatures.");
        }

        var files = FilesOf(request.FilesFolder);
        var draft = new PackageDraft
        {
            Id = request.Id,
            Sequence = publisher.NextSequence(request.Id),
            MinimumEngine = request.MinimumEngine,
            Files = [.. files.Select(file => new DraftFile(Path.GetFileName(file), () => File.OpenRead(file)))],
            SignatureCounts = SignatureCounter.Count(files),
            Probes = request.Probes,
        };

        // On the channel's own volume, so that the finished file is put in place by a rename.
        var work = Directory.CreateDirectory(Path.Combine(publisher.Files.Root, $".build-{Guid.NewGuid():N}")).FullName;
        try
        {
            var package = Pack(draft, work, cancellationToken);
            PendingBuilds.Load(publisher.Files).Add(package);
            return package;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <exception cref="PublishException">The folder is missing, or not flat.</exception>
    internal static string[] FilesOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new PublishException($"The folder {folder} does not exist.");
        }

        if (Directory.EnumerateDirectories(folder).Any())
        {
            throw new PublishException($"{folder} holds folders; packages are flat.");
        }

        var files = Directory.GetFiles(folder);
        foreach (var file in files)
        {
            if (File.ResolveLinkTarget(file, returnFinalTarget: false) is not null)
            {
                throw new PublishException($"{file} is a link; packages hold files, and what a link names may not be meant to be published.");
            }

            if (!FileScan.IsText(file) || UnixFileKind.IsSpecial(file))
            {
                throw new PublishException($"{file} cannot be packed: {(FileScan.IsText(file) ? "it is no regular file" : "its name is not UTF-8")}.");
            }
        }

        return files;
    }

    private BuiltPackage Pack(PackageDraft draft, string work, CancellationToken cancellationToken)
    {
        var path = Path.Combine(work, "package");
        using (var output = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
        using (var scratch = new FileStream(Path.Combine(work, "payload"), FileMode.CreateNew, FileAccess.ReadWrite))
        {
            var manifest = PackageWriter.Write(draft, output, scratch, PackageLimits.Default, cancellationToken);
            output.Flush(flushToDisk: true);
            output.Position = 0;
            var package = new BuiltPackage(
                manifest.Id, manifest.Sequence, output.Length, Digest.Of(output), manifest.UnpackedBytes, manifest.MinimumEngine);
            var target = publisher.Files.TargetFile(package.UrlPath);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target, overwrite: true);
            return package;
        }
    }
}
