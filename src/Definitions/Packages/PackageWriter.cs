using System.Globalization;
using System.Security.Cryptography;

namespace Definitions.Packages;

/// <summary>
/// Writes packages: two Zstandard frames back to back that together hold one ustar archive; the first frame holds
/// <c>manifest.json</c> alone, the second every other file and the end of the archive (docs/adr/0002).
/// </summary>
/// <remarks>Deterministic: times and owners are zero, entries sorted by name, so equal drafts give equal bytes.</remarks>
public static class PackageWriter
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes one package and returns what its manifest says.</summary>
    /// <param name="output">Written from its position; left open.</param>
    /// <param name="scratch">
    /// Empty, readable, writable and seekable: holds the payload until its length is known. Left open.
    /// </param>
    /// <exception cref="RefusedException">The draft breaks a rule that every reader checks, such as a file name.</exception>
    /// <exception cref="IOException">A file could not be read, or changed its length meanwhile.</exception>
    public static Manifest Write(
        PackageDraft draft, Stream output, Stream scratch, PackageLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(limits);
        var sources = Open(draft, limits);
        IReadOnlyList<ManifestFile> files;
        try
        {
            files = WritePayload(sources, scratch, draft.IsPackedFast, cancellationToken);
        }
        finally
        {
            foreach (var source in sources)
            {
                source.Content.Dispose();
            }
        }

        var manifest = new Manifest
        {
            Id = draft.Id,
            Sequence = draft.Sequence,
            Kind = draft.Kind,
            MinimumEngine = draft.MinimumEngine,
            PackedBytes = scratch.Length,
            UnpackedBytes = files.Sum(file => file.Size),
            Files = files,
            SignatureCounts = draft.SignatureCounts,
            Probes = draft.Probes,
        };

        // Read back before anything is handed out: a manifest that no reader would take must not be signed.
        var json = ManifestJson.Write(manifest);
        var checkedManifest = ManifestJson.Read(json, limits);
        WriteManifest(json, output);
        scratch.Position = 0;
        scratch.CopyTo(output);
        return checkedManifest;
    }

    private static List<OpenFile> Open(PackageDraft draft, PackageLimits limits)
    {
        // Before anything is packed: names and sizes decide, digests are not known yet.
        var opened = new List<OpenFile>(draft.Files.Count);
        try
        {
            long total = 0;
            foreach (var file in draft.Files.OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                if (!PackageFileName.IsValid(file.Name))
                {
                    throw new RefusedException(RefusalReason.PathUnsafe, $"'{file.Name}' cannot be the name of a file in a package.");
                }

                var content = file.Open();
                opened.Add(new OpenFile(file.Name, content, content.Length));
                total = checked(total + content.Length);
                if (opened.Count > limits.MaxFiles || total > limits.MaxUnpackedBytes)
                {
                    throw new RefusedException(RefusalReason.PackageLimit, "The package would hold too many files or bytes.");
                }
            }

            return opened;
        }
        catch
        {
            opened.ForEach(file => file.Content.Dispose());
            throw;
        }
    }

    private static List<ManifestFile> WritePayload(
        List<OpenFile> sources, Stream scratch, bool isFast, CancellationToken cancellationToken)
    {
        const int EndOfArchive = 2 * TarHeader.BlockSize;
        var length = sources.Sum(file => TarHeader.BlockSize + file.Length + TarHeader.Padding(file.Length)) + EndOfArchive;
        var files = new List<ManifestFile>(sources.Count);
        ZstdFrame.Compress(scratch, length, frame =>
        {
            foreach (var source in sources)
            {
                WriteHeader(frame, source.Name, source.Length);
                var digest = CopyExactly(source, frame, cancellationToken);
                WriteZeros(frame, TarHeader.Padding(source.Length));
                files.Add(new ManifestFile(source.Name, source.Length, digest));
            }

            WriteZeros(frame, EndOfArchive);
        }, isFast);
        return files;
    }

    private static Digest CopyExactly(OpenFile source, Stream destination, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var left = source.Length;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = source.Content.Read(buffer);
            left -= read;
            if (left < 0 || (read == 0 && left > 0))
            {
                throw new IOException($"{source.Name} changed its length while it was packed.");
            }

            if (read == 0)
            {
                return Digest.Of(sha256);
            }

            sha256.AppendData(buffer, 0, read);
            destination.Write(buffer, 0, read);
        }
    }

    private static void WriteManifest(byte[] json, Stream output)
    {
        var padding = TarHeader.Padding(json.Length);
        ZstdFrame.Compress(output, TarHeader.BlockSize + json.Length + padding, frame =>
        {
            WriteHeader(frame, PackageFileName.Manifest, json.Length);
            frame.Write(json);
            WriteZeros(frame, padding);
        });
    }

    private static void WriteHeader(Stream destination, string name, long size)
    {
        if (size > TarHeader.MaxSize)
        {
            throw new RefusedException(
                RefusalReason.PackageLimit,
                string.Create(CultureInfo.InvariantCulture, $"{name} has {size} bytes; a package file may have {TarHeader.MaxSize}."));
        }

        Span<byte> block = stackalloc byte[TarHeader.BlockSize];
        new TarHeader(name, size).WriteTo(block);
        destination.Write(block);
    }

    private static void WriteZeros(Stream destination, int count) => destination.Write(new byte[count]);

    private sealed record OpenFile(string Name, Stream Content, long Length);
}
