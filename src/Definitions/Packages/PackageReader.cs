using System.Globalization;
using System.Security.Cryptography;

namespace Definitions.Packages;

/// <summary>
/// Reads packages from anywhere: bounded by the manifest and by <see cref="PackageLimits"/>, entry by entry, plain
/// files only. The archive format has no reliable checksum of its own, so the manifest's SHA-256 decides about every
/// file (update-side.md §5).
/// </summary>
public static class PackageReader
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Reads the first frame only: what the package says of itself, not whether it is true.</summary>
    /// <param name="package">Stands at the package's first byte; afterwards at the first byte of the payload.</param>
    /// <exception cref="RefusedException">The package or its manifest is malformed.</exception>
    public static Manifest ReadManifest(Stream package, PackageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(package);
        limits ??= PackageLimits.Default;

        // Incompressible content grows by three bytes a block and a header; 64 KiB is ample.
        const int FrameOverhead = 64 * 1024;
        using var frame = new ZstdFrame(package, limits.MaxManifestBytes + FrameOverhead, limits);
        var header = ReadHeader(frame) ?? throw Refused(RefusalReason.ManifestMalformed, "The package is empty.");
        if (!string.Equals(header.Name, PackageFileName.Manifest, StringComparison.Ordinal))
        {
            throw Refused(RefusalReason.ManifestMalformed, "The package does not start with manifest.json.");
        }

        if (header.Size > limits.MaxManifestBytes)
        {
            throw Refused(RefusalReason.ManifestMalformed, $"manifest.json has {header.Size} bytes; {limits.MaxManifestBytes} are allowed.");
        }

        var json = new byte[header.Size];
        frame.ReadExactly(json);
        ReadZeros(frame, TarHeader.Padding(header.Size));
        frame.End();
        return ManifestJson.Read(json, limits);
    }

    /// <summary>Unpacks a whole package. On any failure the files written so far are removed.</summary>
    /// <param name="package">Stands at the package's first byte; must end with its last one.</param>
    /// <param name="emptyFolder">Exists and is empty; receives the manifest's files, flushed to disk, and nothing else.</param>
    /// <param name="progress">Called with the sum of unpacked bytes, after each buffer.</param>
    /// <returns>The manifest; size and SHA-256 of every file were compared with it.</returns>
    /// <exception cref="RefusedException">The package breaks a rule.</exception>
    /// <exception cref="IOException">Our own disk failed, or has too little space for the next file.</exception>
    public static Manifest Unpack(
        Stream package, string emptyFolder, PackageLimits limits, Action<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(limits);
        if (Directory.EnumerateFileSystemEntries(emptyFolder).Any())
        {
            throw new ArgumentException("The folder is not empty.", nameof(emptyFolder));
        }

        var manifest = ReadManifest(package, limits);
        var written = new List<string>(manifest.Files.Count);
        var isComplete = false;
        try
        {
            UnpackPayload(package, manifest, emptyFolder, written, limits, progress, cancellationToken);
            if (package.ReadByte() >= 0)
            {
                throw Refused(RefusalReason.PackageMalformed, "The package holds data behind its end.");
            }

            isComplete = true;
            return manifest;
        }
        finally
        {
            if (!isComplete)
            {
                written.ForEach(File.Delete);
            }
        }
    }

    private static void UnpackPayload(
        Stream package,
        Manifest manifest,
        string folder,
        List<string> written,
        PackageLimits limits,
        Action<long>? progress,
        CancellationToken cancellationToken)
    {
        using var frame = new ZstdFrame(package, manifest.PackedBytes, limits);
        var missing = manifest.Files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        long unpackedBytes = 0;
        while (ReadHeader(frame) is { } header)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!PackageFileName.IsValid(header.Name))
            {
                throw Refused(RefusalReason.PathUnsafe, "The archive holds an entry whose name is not allowed.");
            }

            // Taken out when it is seen, so a second entry of the name is one too many.
            if (!missing.Remove(header.Name, out var file))
            {
                throw Refused(RefusalReason.FileSet, $"{header.Name} is not in the manifest, or is there twice.");
            }

            if (header.Size != file.Size)
            {
                throw Refused(RefusalReason.FileDigest, $"{file.Name} has {header.Size} bytes; the manifest says {file.Size}.");
            }

            var path = Path.Combine(folder, file.Name);
            written.Add(path);
            UnpackFile(frame, file, path, bytes => progress?.Invoke(unpackedBytes + bytes), cancellationToken);
            unpackedBytes += file.Size;
            ReadZeros(frame, TarHeader.Padding(file.Size));
        }

        if (missing.Count > 0)
        {
            throw Refused(RefusalReason.FileSet, $"{missing.Keys.Min(StringComparer.Ordinal)} is in the manifest but not in the package.");
        }

        frame.End();
        if (frame.PackedBytes != manifest.PackedBytes)
        {
            throw Refused(
                RefusalReason.PackageMalformed,
                $"The payload has {frame.PackedBytes} bytes; the manifest says {manifest.PackedBytes}.");
        }
    }

    private static void UnpackFile(
        ZstdFrame frame, ManifestFile file, string path, Action<long> progress, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Preallocation fails at once when the disk is too small. CreateNew never follows or replaces anything.
        using (var target = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            PreallocationSize = file.Size,
            BufferSize = 0,
        }))
        {
            var buffer = new byte[Math.Min(BufferBytes, file.Size)];
            for (long done = 0; done < file.Size;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Size - done));
                frame.ReadExactly(part);
                sha256.AppendData(part);
                target.Write(part);
                done += part.Length;
                progress(done);
            }

            target.Flush(flushToDisk: true);
        }

        if (Digest.Of(sha256) != file.Sha256)
        {
            throw Refused(RefusalReason.FileDigest, $"The SHA-256 of {file.Name} differs from the manifest's.");
        }
    }

    /// <returns>Null at the end of the archive: two blocks of zeros.</returns>
    private static TarHeader? ReadHeader(ZstdFrame frame)
    {
        Span<byte> block = stackalloc byte[TarHeader.BlockSize];
        frame.ReadExactly(block);
        if (block.ContainsAnyExcept((byte)0))
        {
            return TarHeader.Parse(block);
        }

        ReadZeros(frame, TarHeader.BlockSize);
        return null;
    }

    private static void ReadZeros(ZstdFrame frame, int count)
    {
        Span<byte> block = stackalloc byte[TarHeader.BlockSize];
        frame.ReadExactly(block[..count]);
        if (block[..count].ContainsAnyExcept((byte)0))
        {
            throw Refused(RefusalReason.PackageMalformed, "The archive holds data where padding belongs.");
        }
    }

    private static RefusedException Refused(RefusalReason reason, FormattableString message) =>
        new(reason, message.ToString(CultureInfo.InvariantCulture));

    private static RefusedException Refused(RefusalReason reason, string message) => new(reason, message);
}
